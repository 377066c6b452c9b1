import { z } from "zod";

/** Kinds of values, each with the sentence for a wrong one, which follows the key. */

const guidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** One line of text. Its errors never repeat the value: it may be a secret. */
export const text = (what: string, max = 256) =>
  z
    .string({ error: `must be ${what}` })
    .min(1, { error: `is empty; it must be ${what}` })
    .max(max, { error: `is longer than ${max} characters; it must be ${what}` })
    // eslint-disable-next-line no-control-regex -- control characters are what it looks for
    .refine((value) => !/[\u0000-\u001f\u007f]/.test(value), {
      error: `holds a control character; it must be ${what}`,
    });

export const guid = (what: string) =>
  z.string({ error: `must be ${what}, a GUID` }).regex(guidPattern, {
    error: (issue) => `${quote(issue.input)} is not a GUID (8-4-4-4-12 hexadecimal digits); it must be ${what}`,
  });

export const httpsUrl = (what: string) =>
  text(what, 2048).refine((value) => isHttps(value), {
    error: (issue) =>
      `${quote(issue.input)} is not an https:// URL without query, fragment or password; it must be ${what}`,
  });

export const hostname = (what: string) =>
  text(what, 253).regex(/^(\[[0-9a-f:.]+\]|[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?)$/i, {
    error: (issue) => `${quote(issue.input)} is not a host name; it must be ${what}`,
  });

export const domain = z
  .string({ error: "must be an email domain such as example.com" })
  .regex(/^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/i, {
    error: (issue) => `${quote(issue.input)} is not an email domain such as example.com (without @)`,
  });

export const wholeNumber = (min: number, max: number) =>
  z
    .int({ error: (issue) => `${quote(issue.input)} is not a whole number from ${min} to ${max}` })
    .min(min, { error: (issue) => `${quote(issue.input)} is less than ${min}` })
    .max(max, { error: (issue) => `${quote(issue.input)} is more than ${max}` });

export const choice = <const T extends readonly string[]>(values: T) =>
  z.enum(values, { error: (issue) => `${quote(issue.input)} is not one of ${values.join(", ")}` });

export const flag = z.boolean({ error: (issue) => `${quote(issue.input)} is neither true nor false` });

export const dnsLabel = (what: string) =>
  text(what, 63).regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, {
    error: (issue) =>
      `${quote(issue.input)} is not a Kubernetes name (small letters, digits and -); it must be ${what}`,
  });

export const imageReference = (what: string) =>
  text(what, 512).regex(/^[a-z0-9][A-Za-z0-9._:/@-]*$/, {
    error: (issue) => `${quote(issue.input)} is not a container image reference; it must be ${what}`,
  });

/** As Graph writes it; azuread compares the text, so no other form of the same instant is taken. */
export const utcInstant = z
  .string({ error: "must be a date such as 2028-01-31T00:00:00Z" })
  .refine((value) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value) && !Number.isNaN(Date.parse(value)), {
    error: (issue) => `${quote(issue.input)} is not a date such as 2028-01-31T00:00:00Z (UTC, whole seconds)`,
  });

/** A value as errors show it: short, on one line. */
export function quote(value: unknown): string {
  if (value === undefined) return "nothing";
  const shown = typeof value === "string" ? JSON.stringify(value) : (JSON.stringify(value) ?? String(value));
  return shown.length > 80 ? `${shown.slice(0, 77)}..."` : shown;
}

function isHttps(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const url = new URL(value);
  return (
    url.protocol === "https:" && url.search === "" && url.hash === "" && url.username === "" && url.password === ""
  );
}
