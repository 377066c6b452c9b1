import * as z from "zod";
import { isReservedValue } from "../provider/host/signatures";
import { quote, quoteUrl } from "./quote";

/**
 * Kinds of values, each with the sentence for a wrong one, which follows the key. A check that has failed ends the checking of
 * its value: what is too long is not looked at further.
 */

const guidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * One line of text that arrives as it is written, and that reads as it is: what would be changed on its way (halves of characters),
 * act on a terminal, or show a reviewer another text than the one that is deployed, is refused. Its errors never repeat the
 * value: it may be a secret.
 */
export const text = (description: string, max = 256) =>
  z
    .string({ error: (issue) => `${unquotedScalarHint(issue.input)}must be ${description}` })
    .min(1, { error: `is empty; it must be ${description}`, abort: true })
    .max(max, { error: `is longer than ${max} characters; it must be ${description}`, abort: true })
    // In units of UTF-16 too, as Entra ID counts.
    .refine((value) => value.length <= max, {
      error: `is longer than ${max} characters; it must be ${description}`,
      abort: true,
    })
    .refine((value) => !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(value), {
      error: `holds a control character; it must be ${description}`,
      abort: true,
    })
    .refine((value) => !/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/.test(value), {
      error: `holds a character that reorders text, so that it does not read as it is; it must be ${description}`,
      abort: true,
    })
    .refine((value) => !/\p{Cs}/u.test(value), {
      error: `holds half of a character (a surrogate without its other half); it must be ${description}`,
      abort: true,
    })
    // As the azuread provider does, but before anything is made.
    .refine((value) => /[^\s\p{Cf}\u115f\u1160\u2800\u3164\uffa0]/u.test(value), {
      error: `is blank; it must be ${description}`,
      abort: true,
    })
    .refine((value) => !isReservedValue(value), {
      error: `is a value that Pulumi keeps for itself; it must be ${description}`,
      abort: true,
    });

/** A number or a truth value where text belongs: what YAML makes of a word that is not quoted. */
function unquotedScalarHint(value: unknown): string {
  return typeof value === "number" || typeof value === "boolean" ? `is a ${typeof value}: put it in quotes; it ` : "";
}

/** Text of which `pattern` allows a part only; the error shows it. */
const pattern = (description: string, max: number, allowed: RegExp, is: string) =>
  text(description, max).regex(allowed, {
    error: (issue) => `${quote(issue.input)} is not ${is}; it must be ${description}`,
  });

export const guid = (description: string) =>
  text(`${description}, a GUID`, 64).regex(guidPattern, {
    error: (issue) => `${quote(issue.input)} is not a GUID (8-4-4-4-12 hexadecimal digits); it must be ${description}`,
  });

/** Of the characters that RFC 3986 has, so that it means the same to everybody who reads it; another host in Punycode. */
export const httpsUrl = (description: string) =>
  text(description, 2048).refine((value) => isHttps(value), {
    error: (issue) =>
      `${quoteUrl(issue.input)} is not an https:// URL without query, fragment or password; it must be ${description}`,
  });

/** A name in PostgreSQL, which cuts what is longer without saying so. */
export const databaseName = (description: string) =>
  text(description).refine((value) => Buffer.byteLength(value) <= 63, {
    error: `is longer than 63 bytes; it must be ${description}`,
  });

/** A column, which SQL takes as a name only. */
export const columnName = (description: string) =>
  pattern(description, 63, /^[A-Za-z_][A-Za-z0-9_$]*$/, "a column name (letters, digits, _ and $)");

/** What an HTTP header can carry (RFC 6750). Its error does not repeat it. */
export const bearerToken = (description: string) =>
  text(description, 4096).regex(/^[\x21-\x7e]+$/, {
    error: `holds a character that a bearer token cannot have (a blank, or one outside of ASCII); it must be ${description}`,
  });

export const emailAddress = (description: string) =>
  pattern(description, 254, /^[^\s@,;<>"]{1,64}@[^\s@,;<>"]+$/, "one email address");

export const hostname = (description: string) =>
  pattern(description, 253, /^(\[[0-9a-f:.]+\]|[a-z0-9]([a-z0-9.-]*[a-z0-9])?)$/i, "a host name");

export const domain = text("an email domain such as example.com", 253).regex(
  /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/i,
  { error: (issue) => `${quote(issue.input)} is not an email domain such as example.com (without @)` },
);

/** Where the browser is sent with its answer: this machine only. */
export const redirectUri = text("a redirect URI", 256).refine(
  (value) =>
    /^http:\/\/(127\.0\.0\.1|localhost)(:\d{1,5})?(\/[\w.~!$&'()*+,;=:@%/-]*)?$/.test(value) && URL.canParse(value),
  {
    error: (issue) =>
      `${quote(issue.input)} is not a loopback redirect URI such as http://127.0.0.1 (RFC 8252, section 7.3)`,
  },
);

export const listenAddress = text("host:port, or any", 64).refine(
  (value) => value === "any" || (/^(127\.0\.0\.1|localhost):\d{1,5}$/.test(value) && URL.canParse(`http://${value}`)),
  {
    error: (issue) =>
      `${quote(issue.input)} is neither a loopback address with a port such as 127.0.0.1:10000, nor any`,
  },
);

export const teamSlug = text("the team's slug", 128).regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, {
  error: (issue) => `${quote(issue.input)} is not a team slug (letters, digits, . _ -)`,
});

export const wholeNumber = (min: number, max: number) =>
  z
    .int({ error: (issue) => `${quote(issue.input)} is not a whole number from ${min} to ${max}` })
    .min(min, { error: (issue) => `${quote(issue.input)} is less than ${min}` })
    .max(max, { error: (issue) => `${quote(issue.input)} is more than ${max}` });

export const choice = <const T extends readonly string[]>(values: T) =>
  z.enum(values, { error: (issue) => `${quote(issue.input)} is not one of ${values.join(", ")}` });

export const flag = z.boolean({ error: (issue) => `${quote(issue.input)} is neither true nor false` });

export const dnsLabel = (description: string) =>
  pattern(description, 63, /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, "a Kubernetes name (small letters, digits and -)");

export const imageReference = (description: string) =>
  pattern(description, 512, /^[a-z0-9][A-Za-z0-9._:/@-]*$/, "a container image reference");

/** As Graph writes it; azuread compares the text, so no other form of the same instant is taken. */
export const utcInstant = text("a date such as 2028-01-31T00:00:00Z", 64).refine(
  (value) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value) && !Number.isNaN(Date.parse(value)),
  {
    error: (issue) => `${quote(issue.input)} is not a date such as 2028-01-31T00:00:00Z (UTC, whole seconds)`,
  },
);

function isHttps(value: string): boolean {
  const allowed = /^https:\/\/([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?(\/[\w.~!$&'()*+,;=:@%/-]*)?$/;
  return allowed.test(value) && URL.canParse(value);
}
