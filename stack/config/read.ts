import { registerSecret } from "@smallstep-ssh/usersync/output";
import { secretsIn } from "./plainSecrets";
import { ConfigurationError } from "./problems";
import { stackSchema } from "./schema";

/**
 * Reads the settings of one namespace into a plain object, and keeps its secrets out of all output. The engine passes every value to
 * the program as text: objects and lists as JSON.
 * @param all `pulumi.runtime.allConfig()`
 * @param namespace the project's name
 * @throws ConfigurationError for values that are not JSON where an object or a list is required
 */
export function readSettings(all: Readonly<Record<string, string>>, namespace: string): Record<string, unknown> {
  // Collect entries instead of assigning properties, so that a key such as __proto__ is an ordinary key.
  const settings: [name: string, value: unknown][] = [];
  const problems: string[] = [];
  for (const [key, value] of Object.entries(all)) {
    if (!key.startsWith(`${namespace}:`)) continue;
    const name = key.slice(namespace.length + 1);
    const isText = name === "tenantId" || !Object.hasOwn(stackSchema.shape, name);
    try {
      settings.push([name, isText ? value : JSON.parse(value)]);
    } catch {
      problems.push(
        `${name}: is not an object or a list; set its keys with \`pulumi config set --path '${name}.KEY' VALUE\``,
      );
    }
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
  const read = Object.fromEntries(settings);
  for (const { value } of secretsIn(read)) registerSecret(typeof value === "string" ? value : undefined);
  return read;
}
