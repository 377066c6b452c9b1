import { ConfigurationError } from "./check";

/** Keys whose value is an object or a list, written as JSON by `pulumi config`. */
const structured = new Set([
  "groups",
  "oidc",
  "scim",
  "mapping",
  "smallstep",
  "kubernetes",
  "database",
  "cutover",
  "safeguards",
  "checks",
  "teams",
]);

/**
 * The settings of one namespace, as one plain object, out of what the engine hands the program: every value as text.
 * @param all `pulumi.runtime.allConfig()`
 * @param namespace the project's name
 * @throws ConfigurationError for values that are not JSON where an object or a list belongs
 */
export function readSettings(all: Readonly<Record<string, string>>, namespace: string): Record<string, unknown> {
  // Entries, not assignments: a key such as __proto__ is then one like any other.
  const settings: [name: string, value: unknown][] = [];
  const problems: string[] = [];
  for (const [key, value] of Object.entries(all)) {
    if (!key.startsWith(`${namespace}:`)) continue;
    const name = key.slice(namespace.length + 1);
    if (!structured.has(name)) {
      settings.push([name, value]);
      continue;
    }
    try {
      settings.push([name, JSON.parse(value)]);
    } catch {
      problems.push(
        `${name}: is not an object or a list; set its parts with \`pulumi config set --path '${name}.KEY' VALUE\``,
      );
    }
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
  return Object.fromEntries(settings);
}
