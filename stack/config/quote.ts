import { truncate, escapeInvisible } from "entra-mappings";

/** Formats a value for errors: truncated, on one line, with invisible characters escaped. */
export function quote(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "string") return `"${truncate(escapeInvisible(JSON.stringify(value).slice(1, -1)), 78)}"`;
  return truncate(escapeInvisible(JSON.stringify(value) ?? String(value)), 80);
}

/** Formats a URL for errors. Redacts user information, query and fragment, which may hold a password or a token. */
export function quoteUrl(value: unknown): string {
  const shown = String(value)
    .replace(/\/\/[^/]*@/, "//[...]@")
    .replace(/[?#].*$/s, (rest) => `${rest.charAt(0)}[...]`);
  return quote(shown);
}
