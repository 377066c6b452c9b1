import { components, type Import } from "./imports";

/**
 * Builds the file for `pulumi import --file`: the stack's components with the existing resources below them. Each resource uses an
 * explicit provider of the stack. The engine creates these providers from the environment (`ARM_*`). The next `up` configures them.
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
      // In the program, each provider has the name of its package.
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
          // Variable name for generated code. It must be unique, even without code generation.
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
