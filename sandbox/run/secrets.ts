/** A secret value of the run, and the name to report it by. */
export interface KnownSecret {
  name: string;
  value: string;
}

/** A form in which a secret may be met. */
interface Form {
  /** As it ends "the token, ...": `in base64`. */
  how: string;
  text: string;
}

/**
 * The secrets that occur in a text, each with the form in which it does, never the value: in clear; escaped for JSON, also twice,
 * for a URL, a form, HTML and a shell; in hexadecimal; in base64 of both alphabets, wherever in the encoded text it begins. Line
 * breaks within do not hide it.
 */
export function leaks(text: string, secrets: readonly KnownSecret[]): string[] {
  const joined = text.replace(/\s+/g, "");
  return secrets
    .filter(({ value }) => value !== "")
    .flatMap(({ name, value }) => {
      const found = forms(value).find((form) => text.includes(form.text) || joined.includes(form.text));
      return found === undefined ? [] : [`${name}, ${found.how}`];
    });
}

/** The same in several places at once: `where: which secret, in which form`. */
export function leaksIn(places: Readonly<Record<string, string>>, secrets: readonly KnownSecret[]): string[] {
  return Object.entries(places).flatMap(([where, text]) => leaks(text, secrets).map((leak) => `${where}: ${leak}`));
}

function forms(value: string): Form[] {
  const bytes = Buffer.from(value);
  const json = JSON.stringify(value).slice(1, -1);
  const html = value.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
  const named = value
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
  return [
    { how: "in clear", text: value },
    { how: "in JSON", text: json },
    { how: "in JSON in JSON", text: JSON.stringify(json).slice(1, -1) },
    { how: "in a URL", text: encodeURIComponent(value) },
    { how: "in a form", text: new URLSearchParams({ v: value }).toString().slice(2) },
    { how: "in HTML", text: html },
    { how: "in HTML", text: named.replaceAll("'", "&#39;") },
    { how: "in a shell's quotes", text: value.replaceAll("'", `'\\''`) },
    { how: "in hexadecimal", text: bytes.toString("hex") },
    { how: "in hexadecimal", text: bytes.toString("hex").toUpperCase() },
    ...[0, 1, 2].flatMap((offset) => base64(bytes, offset)),
  ];
}

/** What of a base64 text is the same whatever surrounds the value, which begins `offset` bytes after a group of three. */
function base64(value: Buffer, offset: number): Form[] {
  const encoded = Buffer.concat([Buffer.alloc(offset), value])
    .toString("base64")
    .replace(/=+$/, "");
  // A letter holds six bits: those that it shares with what is before or after are left out.
  const first = Math.ceil((offset * 8) / 6);
  const last = Math.floor(((offset + value.length) * 8) / 6);
  const text = encoded.slice(first, last);
  return [
    { how: "in base64", text },
    { how: "in base64url", text: text.replaceAll("+", "-").replaceAll("/", "_") },
  ];
}
