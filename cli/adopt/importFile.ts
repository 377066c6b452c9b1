import { components, type Import } from "./imports";

/**
 * The file for `pulumi import --file`: the stack's components, and below them what is there, by the explicit providers of the stack.
 * The engine makes those providers from the environment (`ARM_*`); the next `up` gives them the stack's settings.
 */
export function importFile(
  imports: readonly Import[],
  names: { stack: string; project: string; versions: { azuread: string; usersync: string } },
): object {
  const providers = ["azuread", "usersync"] as const;
  const urn = (type: string, name: string) => `urn:pulumi:${names.stack}::${names.project}::${type}::${name}`;
  const used = (Object.keys(components) as Import["component"][]).filter((key) =>
    imports.some(({ component }) => component === key),
  );
  return {
    nameTable: Object.fromEntries(
      // The program names each provider as its package.
      providers.map((name) => [name, urn(`pulumi:providers:${name}`, name)]),
    ),
    resources: [
      ...used.map((key) => ({
        type: components[key].type,
        name: key,
        logicalName: components[key].name,
        component: true,
      })),
      ...imports.map(({ type, name, component, id }, index) => {
        const provider = type.startsWith("usersync:") ? "usersync" : "azuread";
        return {
          type,
          // Names of variables, were code to be generated: each once.
          name: `resource${index + 1}`,
          logicalName: name,
          parent: component,
          id,
          provider,
          version: names.versions[provider],
        };
      }),
    ],
  };
}
