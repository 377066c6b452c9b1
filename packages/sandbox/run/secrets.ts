/** A secret value of the run, and its name for reports. */
export interface KnownSecret {
  name: string;
  value: string;
}

/** A form in which a secret can occur. */
interface Form {
  /** Description that completes "the token, ...", for example `in base64`. */
  how: string;
  text: string;
}

/**
 * Finds secrets in a text. Returns the name and the form of each found secret, never its value. Forms: cleartext; escaped once or
 * twice for JSON; escaped for a URL, a form, HTML or a shell; hexadecimal; base64 in both alphabets at any offset. Line breaks within
 * a secret do not hide it.
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
    { how: "in cleartext", text: value },
    { how: "in JSON", text: json },
    { how: "in JSON in JSON", text: JSON.stringify(json).slice(1, -1) },
    { how: "in a URL", text: encodeURIComponent(value) },
    { how: "in a form", text: new URLSearchParams({ v: value }).toString().slice(2) },
    { how: "in HTML", text: html },
    { how: "in HTML", text: named.replaceAll("'", "&#39;") },
    { how: "in shell quotes", text: value.replaceAll("'", `'\\''`) },
    { how: "in hexadecimal", text: bytes.toString("hex") },
    { how: "in hexadecimal", text: bytes.toString("hex").toUpperCase() },
    ...[0, 1, 2].flatMap((offset) => base64(bytes, offset)),
  ];
}

/** Returns the part of the base64 text that does not depend on its context. The value starts `offset` bytes after a group of three. */
function base64(value: Buffer, offset: number): Form[] {
  const encoded = Buffer.concat([Buffer.alloc(offset), value])
    .toString("base64")
    .replace(/=+$/, "");
  // A character encodes six bits. Omit the characters that share bits with the text before or after.
  const first = Math.ceil((offset * 8) / 6);
  const last = Math.floor(((offset + value.length) * 8) / 6);
  const text = encoded.slice(first, last);
  return [
    { how: "in base64", text },
    { how: "in base64url", text: text.replaceAll("+", "-").replaceAll("/", "_") },
  ];
}
