import { truncate, escapeInvisible } from "../mappings/visible";

/** A value as errors show it: short, on one line, and so that all of it is seen. */
export function quote(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "string") return `"${truncate(escapeInvisible(JSON.stringify(value).slice(1, -1)), 78)}"`;
  return truncate(escapeInvisible(JSON.stringify(value) ?? String(value)), 80);
}

/** The same for an address, without the password or the token that may be in it. */
export function quoteUrl(value: unknown): string {
  const shown = String(value)
    .replace(/\/\/[^/]*@/, "//[...]@")
    .replace(/[?#].*$/s, (rest) => `${rest.charAt(0)}[...]`);
  return quote(shown);
}
