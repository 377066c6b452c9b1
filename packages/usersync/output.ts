/** What leaves a process as text: without secrets, and without characters that act on a terminal or a pipeline. */
import { escapeInvisible } from "entra-mappings";

/** One line of text, or several. A line break inside a line is escaped, so that no value can forge a line. */
export type Lines = string | readonly string[];

/** Returns text that is safe in a log or a message. Every process passes the text that it writes through this function. */
export function printable(lines: Lines): string {
  return [lines]
    .flat()
    .map((line) => escapeOutput(escapeInvisible(redact(line))))
    .join("\n");
}

/** Returns a text of several lines, such as a report, that is safe in a log or a file. Its line breaks stay. */
export function printableText(text: string): string {
  return escapeOutput(redact(text));
}

/** Makes the message and the stack trace of an error printable, for a process that prints errors which it does not catch. */
export function printableError(error: unknown): unknown {
  if (!(error instanceof Error)) return printable(String(error).split("\n"));
  const { message, stack = "" } = error;
  // Some classes declare a message that cannot be assigned.
  return Object.defineProperties(error, {
    message: { value: printable(message.split("\n")), configurable: true, writable: true },
    stack: { value: printable(stack.split("\n")), configurable: true, writable: true },
  });
}

/** Writes lines to standard output. */
export function writeOutput(lines: Lines): void {
  process.stdout.write(`${printable(lines)}\n`);
}

/** Writes lines to standard error. */
export function writeError(lines: Lines): void {
  process.stderr.write(`${printable(lines)}\n`);
}

/** Template tag for one line of output: a value cannot start another line, because its line breaks are escaped. */
export function oneLine(texts: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  return String.raw({ raw: texts }, ...values.map((value) => escapeInvisible(String(value))));
}

const nothing = /((?!))/;
/**
 * Control and format characters, except line ends, tabs and the zero-width space that keeps Markdown from mentioning users.
 * Terminals execute control characters. Format characters reorder and hide text.
 */
const active = /(?![\n\t\u200b]|\r\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
/** Commands of Azure Pipelines and GitHub Actions: `##vso[...]` and `##[...]` anywhere, `::command::` at the start of a line. */
const pipelineCommand = /#(?=#(vso)?\[)|(?<=^\s*):(?=:)/gim;

/**
 * Escapes characters and commands that act on a terminal or a pipeline, as `\u001b`. The escape is also valid in JSON strings, so
 * parsing escaped JSON returns the original value.
 * @param own the control sequences to keep, as a capturing group
 */
export function escapeOutput(text: string, own = nothing): string {
  return text
    .split(own)
    .map((part, index) => (index % 2 === 1 ? part : part.replace(active, unicodeEscape)))
    .join("")
    .replace(pipelineCommand, unicodeEscape);
}

function unicodeEscape(text: string): string {
  return units(text)
    .map((unit) => `\\u${unit}`)
    .join("");
}

/** Returns the UTF-16 code units of a text, in hexadecimal. */
function units(text: string): string[] {
  return Array.from({ length: text.length }, (_, at) => text.charCodeAt(at).toString(16).padStart(4, "0"));
}

/** Minimum length of a redacted secret. Shorter strings occur in ordinary words and would make messages unreadable. */
const MIN_SECRET_LENGTH = 4;
/** Minimum length of the part of a secret that its base64 text shows in any position. Shorter parts occur in other texts. */
const MIN_BASE64_LENGTH = 8;

interface Secret {
  text: string;
  /** One part of each form that no encoding changes. A text that contains none of them does not contain the secret. */
  parts: string[];
  /** Matches all forms. Undefined until it is needed, because the program of a long pattern takes 100 kB. */
  pattern?: RegExp;
}

/** The secrets that this process uses: longest first, because one secret may contain another. */
const secrets: Secret[] = [];
const registered = new Set<string>();

/** Removes a secret from all text that this process writes from now on. Clients register every credential that they use. */
export function registerSecret(secret: string | undefined): void {
  if (secret === undefined || secret.length < MIN_SECRET_LENGTH || registered.has(secret)) return;
  registered.add(secret);
  const at = secrets.findIndex(({ text }) => text.length < secret.length);
  const one = { text: secret, parts: [secret, ...base64Parts(secret)].map(unchangedPart) };
  secrets.splice(at < 0 ? secrets.length : at, 0, one);
}

/** Returns the longest part without a character that has other encodings; "" if there is none. */
function unchangedPart(text: string): string {
  return (text.match(/[A-Za-z0-9]+/g) ?? []).reduce(
    (longest, one) => (one.length > longest.length ? one : longest),
    "",
  );
}

function patternOf(secret: string): RegExp {
  const base64 = base64Parts(secret).map((part) =>
    part.replace(/[+/]/g, (character) => (character === "+" ? "[+-]" : "[/_]")),
  );
  const [whole = "", ...others] = base64;
  return new RegExp([`${whole}={0,2}`, ...others, Array.from(secret, anyEncoding).join("")].join("|"), "g");
}

/** Registers the credentials in the headers of a request, because a server or a proxy may return them. */
export function registerHeaders(headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    if (!/^(authorization|proxy-authorization|x-identity-header|secret)$/i.test(name)) continue;
    const [, scheme = "", credential = value] = /^(\S+)\s+(.*)$/.exec(value) ?? [];
    registerSecret(credential);
    if (/^basic$/i.test(scheme))
      registerSecret(
        Buffer.from(credential, "base64")
          .toString()
          .replace(/^[^:]*:/, ""),
      );
  }
}

/** Replaces every registered secret with `[secret]`: plain, or encoded for JSON, a URL, a form, HTML or base64. */
export function redact(text: string): string {
  let redacted = text;
  for (const secret of secrets) {
    if (!secret.parts.some((part) => redacted.includes(part))) continue;
    secret.pattern ??= patternOf(secret.text);
    redacted = redacted.replace(secret.pattern, "[secret]");
  }
  return redacted;
}

/** Returns the pattern of a character in plain text, JSON, a URL (also encoded twice), a form, and HTML. */
function anyEncoding(character: string): string {
  if (/[A-Za-z0-9]/.test(character)) return character;
  const plain = units(character).map((unit) => `\\u${unit}`);
  const json = units(character).map((unit) => `\\\\u${anyCase(unit)}`);
  const bytes = [...Buffer.from(character)].map((byte) => `%(?:25)*${anyCase(byte.toString(16).padStart(2, "0"))}`);
  const code = character.codePointAt(0) ?? 0;
  const entities = [`#0*${code}`, `#[xX]0*${anyCase(code.toString(16))}`, ...(htmlNames[character] ?? [])];
  const forms = [`\\\\*${plain.join("")}`, json.join(""), bytes.join(""), `&(?:amp;)*(?:${entities.join("|")});`];
  return `(?:${[...forms, ...(jsonEscapes[character] ?? [])].join("|")})`;
}

const htmlNames: Readonly<Record<string, string[]>> = {
  "&": ["amp"],
  "<": ["lt"],
  ">": ["gt"],
  '"': ["quot"],
  "'": ["apos"],
};
/** Short forms of JSON, and the blank of a form. */
const jsonEscapes: Readonly<Record<string, string[]>> = {
  "\n": ["\\\\n"],
  "\r": ["\\\\r"],
  "\t": ["\\\\t"],
  " ": ["\\+"],
};

function anyCase(hex: string): string {
  return hex.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
}

/**
 * Returns a secret in base64, alone and whatever text surrounds it, such as `user:secret`: the characters that depend on the secret
 * alone, for each of the three positions that its first byte can have.
 */
function base64Parts(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const whole = bytes.toString("base64").replace(/=*$/, "");
  const parts = [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64");
    return encoded.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
  });
  return [whole, ...parts.filter((part) => part.length >= MIN_BASE64_LENGTH)];
}
