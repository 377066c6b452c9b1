/** Kinds of values, each with the sentence for a wrong one. Every message continues the key: `KEY is "x": it must be ...`. */
import { X509Certificate } from "node:crypto";

import { z } from "zod";

import { ExpressionError, parse } from "../mappings/expression";
import { anyOf, show } from "./text";

/** What the schema says of a field beside its type, for errors and for the generated reference. */
export interface FieldMeta {
  [key: string]: unknown;
  /** Completes "it must be". */
  allowed?: string;
  /** Never shown, and a Pulumi secret from reading on. */
  secret?: boolean;
}

/** Says what was wrong with a value and what is allowed. */
export function wrong(input: unknown, allowed: string, secret = false): string {
  const must = `it must be ${allowed}.`;
  if (input === undefined || input === null) return `is missing: ${must}`;
  if (secret) return `is not usable (a secret, not shown): ${must}`;
  return input === "" ? `is empty: ${must}` : `is ${show(input)}: ${must}`;
}

/** Text that must pass `test`. */
export function text(allowed: string, test: (value: string) => boolean, options: { secret?: boolean } = {}) {
  const secret = options.secret ?? false;
  const error = (issue: { input?: unknown }) => wrong(issue.input, allowed, secret);
  const meta: FieldMeta = secret ? { allowed, secret } : { allowed };
  return z.string({ error }).refine(test, { error }).meta(meta);
}

const guidForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
export const isGuid = (value: string): boolean => guidForm.test(value);

/** Such as a tenant id; letters come out small, as Entra writes them, so that a comparison never fails on case. */
export const guid = (what: string) => text(`${what}, a GUID`, isGuid).transform((value) => value.toLowerCase());

/** A name that people read: any characters but control ones, without blanks at its ends. */
export const displayName = (max: number, more?: { allowed: string; test: (value: string) => boolean }) =>
  text(
    `a name of 1 to ${max} characters on one line, without blanks at its ends${more === undefined ? "" : `, ${more.allowed}`}`,
    (value) => value.length <= max && isLine(value) && value.trim() === value && value !== "" && (more?.test(value) ?? true),
  );

/** No control or invisible direction characters, no halves of surrogate pairs: what arrives is what was seen. */
export const isLine = (value: string): boolean => !/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u.test(value);

export const isHostName = (value: string): boolean =>
  value.length <= 253 && /^[a-z0-9_]([a-z0-9_-]*[a-z0-9])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9])?)*\.?$/i.test(value);

const isIpv6 = (value: string): boolean => /^[0-9a-f:]+(%\w+)?$/i.test(value) && value.includes(":");

export const host = (what: string) =>
  text(`${what}: a host name or address, without a scheme and port`, (value) => isHostName(value) || isIpv6(value));

/** `host` or `host:port`. */
export const hostAndPort = (what: string) =>
  text(`${what}: a host name, with :port if it is not 443`, (value) => {
    const [name = "", port, ...rest] = value.split(":");
    return isHostName(name) && rest.length === 0 && (port === undefined || isPort(Number(port === "" ? NaN : port)));
  });

export const isPort = (value: number): boolean => Number.isInteger(value) && value >= 1 && value <= 65535;

/** The URL as it was given, if it is https without user, query and fragment. */
export function httpsUrl(value: string): URL | undefined {
  if (!isLine(value) || /\s/.test(value) || !URL.canParse(value)) return undefined;
  const url = new URL(value);
  const plain = url.protocol === "https:" && url.username === "" && url.password === "" && !/[?#]/.test(value);
  return plain ? url : undefined;
}

export const url = (what: string) =>
  text(`${what}: a URL that starts with https:// and has no user, query or fragment`, (value) => httpsUrl(value) !== undefined)
    // Everything is appended to it; and step-ca and Graph compare URLs as text.
    .transform((value) => value.replace(/\/+$/, ""));

export function integer(what: string, min: number, max: number) {
  const allowed = `${what}, a whole number from ${min} to ${max}`;
  const error = (issue: { input?: unknown }) => wrong(issue.input, allowed);
  return z.int({ error }).min(min, { error }).max(max, { error }).meta({ allowed } satisfies FieldMeta);
}

export function flag() {
  const allowed = "true or false";
  return z.boolean({ error: (issue) => wrong(issue.input, allowed) }).meta({ allowed } satisfies FieldMeta);
}

export function choice<const T extends readonly string[]>(values: T) {
  const allowed = anyOf(values);
  return z.enum(values, { error: (issue) => wrong(issue.input, allowed) }).meta({ allowed } satisfies FieldMeta);
}

/** Settings below one key; others than those named are refused. */
export function section<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const error = (issue: { code?: string; input?: unknown }) =>
    issue.code === "invalid_type" ? wrong(issue.input, "a map of settings") : undefined;
  return z.strictObject(shape, { error });
}

/** A list that is not empty and holds nothing twice. */
export function list<T extends z.ZodType<string>>(item: T, what: string, max: number) {
  const allowed = `a list of 1 to ${max} ${what}`;
  const error = (issue: { input?: unknown }) =>
    Array.isArray(issue.input) ? `has ${issue.input.length} entries: it must be ${allowed}.` : wrong(issue.input, allowed);
  return z
    .array(item, { error })
    .min(1, { error })
    .max(max, { error })
    .refine((items) => new Set(items.map((entry) => entry.toLowerCase())).size === items.length, {
      error: `names an entry twice: it must be ${allowed}, each once.`,
    })
    .meta({ allowed } satisfies FieldMeta);
}

/** An Entra mapping expression; what is wrong is said with the place, and a caret below it. */
export function expression() {
  const allowed = "a mapping expression of Microsoft Entra";
  return z
    .string({ error: (issue) => wrong(issue.input, allowed) })
    .superRefine((value, ctx) => {
      try {
        parse(value);
      } catch (error) {
        if (!(error instanceof ExpressionError)) throw error;
        const caret = error.caret().replace(/^/gm, "    ");
        ctx.addIssue(`does not parse, at character ${error.position + 1}: ${error.message}\n${caret}`);
      }
    })
    .meta({ allowed } satisfies FieldMeta);
}

/** One certificate authority or several, PEM. */
export const certificates = (what: string) =>
  text(`${what}, one or more certificates in PEM`, (value) => {
    const blocks = value.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
    return blocks.length > 0 && blocks.every(isCertificate);
  });

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}
