import { boundedList, escapeInvisible, problemLimits, truncate, visibleLines } from "entra-mappings";

/** Every problem of a configuration, one line per value, each starting with the path of the setting. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
  constructor(readonly problems: readonly string[]) {
    super(
      `The configuration has ${problems.length === 1 ? "one error" : `${problems.length} errors`}; nothing was changed.\n` +
        // Some problems quote the response of a service or a database.
        boundedList(problems, problemLimits)
          .map((problem) => `  ${visibleLines(problem)}`)
          .join("\n"),
    );
  }
}

/** Formats a path for errors: `oidc.redirectUris[0]`. Quotes a part that is not a plain word, so that every character is visible. */
export function formatConfigPath(path: readonly PropertyKey[]): string {
  const parts = path.map((part) => {
    if (typeof part === "number") return `[${part}]`;
    return /^[\w-]{1,64}$/.test(String(part)) ? `.${String(part)}` : `[${quote(String(part))}]`;
  });
  return parts.join("").replace(/^\./, "");
}

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
