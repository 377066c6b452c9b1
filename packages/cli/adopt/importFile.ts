import { components, type Import } from "./parts/part";

/**
 * Builds the file for `pulumi import --file`: the stack's components with the existing resources below them. Each resource uses an
 * explicit provider of the stack. The engine creates these providers from the environment (`ARM_*`). The next `up` configures them.
 */
export function importFile(
  imports: readonly Import[],
  { stack, project, versions }: { stack: string; project: string; versions: { azuread: string; usersync: string } },
): object {
  // In the program, each provider has the name of its package.
  const urn = (provider: string) => `urn:pulumi:${stack}::${project}::pulumi:providers:${provider}::${provider}`;
  const used = Object.entries(components).filter(([key]) => imports.some(({ component }) => component === key));
  return {
    nameTable: { azuread: urn("azuread"), usersync: urn("usersync") },
    resources: [
      ...used.map(([key, { type, name }]) => ({ type, name: key, logicalName: name, component: true })),
      ...imports.map(({ type, name, component, id }, index) => {
        const provider = type.startsWith("usersync:") ? "usersync" : "azuread";
        // `name` is the variable in generated code. It must be unique, even without code generation.
        const variable = `resource${index + 1}`;
        const version = versions[provider];
        return { type, name: variable, logicalName: name, parent: component, id, provider, version };
      }),
    ],
  };
}
