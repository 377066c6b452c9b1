import * as z from "zod";
import { isGuid, isReservedValue } from "@smallstep-ssh/usersync/checks";
import { certificateProblem } from "./certificates";
import { quote, quoteUrl } from "./problems";

/**
 * Types of values, each with its error message, which follows the path of the setting. The first failed check of a value ends its
 * validation, so that no later check processes a value that is too long.
 */

/**
 * Marks a setting that decides which host, tenant or cluster receives a credential. A preview of a pull request that changes such a
 * setting gets no credentials. Types of addresses carry the mark; other settings add it in their declaration.
 */
export const destination = { destination: true };

/** Checks of {@link text}, with the message for a value that fails. */
const textChecks: [isValid: (value: string) => boolean, message: string][] = [
  [(value) => !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(value), "holds a control character"],
  [
    (value) => !/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/.test(value),
    "holds a bidirectional control character, which reorders the displayed text",
  ],
  [(value) => !/\p{Cs}/u.test(value), "holds a lone surrogate (half of a character)"],
  // The azuread provider rejects blank text too, but only after some resources have been created.
  [(value) => /[^\s\p{Cf}\u115f\u1160\u2800\u3164\uffa0]/u.test(value), "is blank"],
  [(value) => !isReservedValue(value), "is a value that Pulumi reserves for itself"],
];

/**
 * One line of text. Rejects characters that encoding would change (lone surrogates), that control a terminal, or that make a reviewer
 * see different text from the deployed one. The errors never repeat the value, because it may be a secret.
 */
export function text(description: string, max = 256) {
  const hint = `it must be ${description}`;
  const tooLong = { error: `is longer than ${max} characters; ${hint}`, abort: true };
  const line = z
    .string({ error: ({ input }) => `${unquotedScalarHint(input)}must be ${description}` })
    .min(1, { error: `is empty; ${hint}`, abort: true })
    .max(max, tooLong)
    // Also in UTF-16 code units, because Entra ID counts those.
    .refine((value) => value.length <= max, tooLong);
  return textChecks.reduce(
    (checked, [isValid, message]) => checked.refine(isValid, { error: `${message}; ${hint}`, abort: true }),
    line,
  );
}

/** Returns a hint for a number or boolean in place of text: YAML parses unquoted words such as 2024 or true that way. */
function unquotedScalarHint(value: unknown): string {
  return typeof value === "number" || typeof value === "boolean" ? `is a ${typeof value}: put it in quotes; it ` : "";
}

/** Text with a further check. The error shows the value. */
const checked = (description: string, max: number, isValid: RegExp | ((value: string) => boolean), problem: string) =>
  text(description, max).refine((value) => (isValid instanceof RegExp ? isValid.test(value) : isValid(value)), {
    error: ({ input }) => `${quote(input)} ${problem}`,
  });

/** Text that must match a pattern. The error shows the value and its meaning. */
const pattern = (description: string, max: number, allowed: RegExp, is: string) =>
  checked(description, max, allowed, `is not ${is}; it must be ${description}`);

export const guid = (description: string) =>
  text(`${description}, a GUID`, 64).refine(isGuid, {
    error: ({ input }) => `${quote(input)} is not a GUID (8-4-4-4-12 hexadecimal digits); it must be ${description}`,
  });

/** An https URL of RFC 3986 characters only, so that every parser reads it the same way. Other host names must be in Punycode. */
export const httpsUrl = (description: string) =>
  text(description, 2048)
    .refine((value) => isHttps(value), {
      error: ({ input }) =>
        `${quoteUrl(input)} is not an https:// URL without query, fragment or password; it must be ${description}`,
    })
    .meta(destination);

function isHttps(value: string): boolean {
  const allowed = /^https:\/\/([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?(\/[\w.~!$&'()*+,;=:@%/-]*)?$/;
  return allowed.test(value) && URL.canParse(value);
}

/** A name in PostgreSQL. PostgreSQL silently truncates names longer than 63 bytes. */
export const databaseName = (description: string) =>
  text(description).refine((value) => Buffer.byteLength(value) <= 63, {
    error: `is longer than 63 bytes; it must be ${description}`,
  });

/** A column, which SQL takes as a name only. The column `token` holds secrets and identifies nothing. */
export const columnName = (description: string) =>
  pattern(description, 63, /^[A-Za-z_][A-Za-z0-9_$]*$/, "a column name (letters, digits, _ and $)").refine(
    (value) => value.toLowerCase() !== "token",
    { error: `is the column of the SCIM tokens; it must be ${description}` },
  );

/** What an HTTP header can carry (RFC 6750). Its error does not repeat it. */
export const bearerToken = (description: string) =>
  text(description, 4096).regex(/^[\x21-\x7e]+$/, {
    error: `holds a character that a bearer token cannot have (a blank, or one outside of ASCII); it must be ${description}`,
  });

/** A PEM value that holds only certificates: every user who may read the Job's ConfigMap can read it. */
export const certificates = (description: string) =>
  z
    .string({ error: `must be ${description}` })
    .max(65_536, { error: `is longer than 65536 characters; it must be ${description}`, abort: true })
    .superRefine((value, context) => {
      const problem = certificateProblem(value);
      if (problem !== undefined) context.addIssue({ code: "custom", message: `${problem}; it must be ${description}` });
    })
    .meta(destination);

export const emailAddress = (description: string) =>
  pattern(description, 254, /^[^\s@,;<>"]{1,64}@[^\s@,;<>"]+$/, "one email address");

export const hostname = (description: string) =>
  pattern(
    description,
    253,
    /^(\[[0-9a-f:.]+\]|[0-9a-f]*(:[0-9a-f.]*){2,8}|[a-z0-9]([a-z0-9.-]*[a-z0-9])?)$/i,
    "a host name",
  ).meta(destination);

export const domain = checked(
  "an email domain such as example.com",
  253,
  /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/i,
  "is not an email domain such as example.com (without @)",
);

/** Where the browser returns after sign-in: the user's own machine only. */
export const redirectUri = checked(
  "a redirect URI",
  256,
  (value) =>
    /^http:\/\/(127\.0\.0\.1|localhost)(:\d{1,5})?(\/[\w.~!$&'()*+,;=:@%/-]*)?$/.test(value) && URL.canParse(value),
  "is not a loopback redirect URI such as http://127.0.0.1 (RFC 8252, section 7.3)",
);

export const listenAddress = checked(
  "host:port, or any",
  64,
  (value) => value === "any" || (/^(127\.0\.0\.1|localhost):\d{1,5}$/.test(value) && URL.canParse(`http://${value}`)),
  "is neither a loopback address with a port such as 127.0.0.1:10000, nor any",
);

export const teamSlug = checked(
  "the team's slug",
  128,
  /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
  "is not a team slug (letters, digits, . _ -)",
);

export const userName = checked(
  "a user name such as ada.lovelace",
  256,
  /^[A-Za-z0-9_.][A-Za-z0-9_.-]*$/,
  "is not a user name such as ada.lovelace",
);

export const updateVerb = checked(
  "a verb of manage-provisioners",
  64,
  /^[a-z][a-z-]*$/,
  "is not a verb of manage-provisioners (lowercase letters and -)",
);

/** An instant in the format that Graph returns. azuread compares the text, so other notations of the same instant are rejected. */
export const utcInstant = checked(
  "a date such as 2028-01-31T00:00:00Z",
  64,
  (value) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value) && !Number.isNaN(Date.parse(value)),
  "is not a date such as 2028-01-31T00:00:00Z (UTC, whole seconds)",
);

export const dnsLabel = (description: string) =>
  pattern(description, 63, /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, "a Kubernetes name (lowercase letters, digits and -)");

export const imageReference = (description: string) =>
  pattern(description, 512, /^[a-z0-9][A-Za-z0-9._:/@-]*$/, "a container image reference");

export const wholeNumber = (min: number, max: number) =>
  z
    .int({ error: ({ input }) => `${quote(input)} is not a whole number from ${min} to ${max}` })
    .min(min, { error: ({ input }) => `${quote(input)} is less than ${min}` })
    .max(max, { error: ({ input }) => `${quote(input)} is more than ${max}` });

export const choice = <const T extends readonly string[]>(values: T) =>
  z.enum(values, { error: ({ input }) => `${quote(input)} is not one of ${values.join(", ")}` });

export const flag = z.boolean({ error: ({ input }) => `${quote(input)} is neither true nor false` });

/** A list, with at least one item unless `min` is 0. `plural` names the items in errors. */
export const list = <T extends z.ZodType>(item: T, plural: string) =>
  z.array(item, { error: `must be a list of ${plural}` });
