import * as pulumi from "@pulumi/pulumi";
import { shellQuote } from "@smallstep-ssh/components";
import { GraphError } from "@smallstep-ssh/usersync/clients";
import { finders } from "./preflight/duplicates/creations";
import type { Duplicate, Sources } from "./preflight/duplicates/types";

/** Where a resource belongs in the state: the arguments of `pulumi import`. */
export interface Address {
  type: string;
  name: string;
  /** URNs. */
  parent?: string;
  provider?: string;
}

/** Providers by package. Empty until they are declared. */
export type ProvidersByPackage = Partial<Record<string, pulumi.ProviderResource>>;

/**
 * Checks, before a resource is created, whether the service already has one that is not in the state. An interrupted run leaves such
 * objects: the service has created the object, but the engine has not recorded it. Creating another would leave two applications,
 * secrets or jobs, and no record of which one is in use. Call this before the first resource is declared. Previews check too.
 *
 * @param mode `error`: create nothing and fail with an error that explains how to import the object; `warn`: log it and create another
 * @param providers the caller fills this in when it declares the providers
 */
export function guardAgainstDuplicates(mode: "error" | "warn", sources: Sources, providers: ProvidersByPackage): void {
  // Runs in this process and is not registered with the engine: it only adds the hook.
  pulumi.runtime.registerStackTransformation(({ type, name, props, opts }) => {
    const find = finders[type];
    if (find === undefined) return undefined;
    const { parent } = opts;
    const hook = new pulumi.ResourceHook(
      `no-duplicates ${type} ${name}`,
      async ({ newInputs }) => {
        const found = await findDuplicates(() => find(sources, newInputs ?? {}), type, name);
        if (found.length === 0) return;
        const provider = providers[type.split(":")[0] ?? ""];
        const address: Address = {
          type,
          name,
          ...(parent === undefined ? {} : { parent: await valueOf(parent.urn) }),
          ...(provider === undefined ? {} : { provider: await valueOf(provider.urn) }),
        };
        const message = duplicateMessage(address, found);
        if (mode === "error") throw new Error(message);
        await pulumi.log.warn(message);
      },
      { onDryRun: true },
    );
    const before = opts.hooks?.beforeCreate ?? [];
    return { props, opts: { ...opts, hooks: { ...opts.hooks, beforeCreate: [...before, hook] } } };
  });
}

/** If the lookup is forbidden, or fails during a preview, log a warning and continue. During an update, fail. */
async function findDuplicates(find: () => Promise<Duplicate[]>, type: string, name: string): Promise<Duplicate[]> {
  try {
    return await find();
  } catch (error) {
    const refused = error instanceof GraphError && error.status === 403;
    if (!refused && !pulumi.runtime.isDryRun()) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    await pulumi.log.warn(`Could not check whether ${type} ${name} already exists: ${reason}`);
    return [];
  }
}

/** Describes the existing objects and how to resolve each one. */
export function duplicateMessage(address: Address, found: readonly Duplicate[]): string {
  const lines = found.flatMap((one) => [
    `There is already ${one.description}, which is not in this stack's state. An interrupted run may have left it, or another owner created it.`,
    ...(one.importId === undefined
      ? [`To continue, ${one.remedy}`]
      : [
          `If it belongs to this stack, import it:`,
          `  ${importCommand(address, one.importId)}`,
          `Otherwise ${one.remedy}.`,
        ]),
  ]);
  return [...lines, "Nothing was created. To create another one anyway, set checks.duplicates to warn."].join("\n");
}

function importCommand({ type, name, parent, provider }: Address, id: string): string {
  const args = [
    ...["pulumi", "import", type, name, id],
    ...(parent === undefined ? [] : ["--parent", `parent=${parent}`]),
    ...(provider === undefined ? [] : ["--provider", `provider=${provider}`]),
    ...["--protect=false", "--generate-code=false"],
  ];
  return args.map((word) => shellQuote(word)).join(" ");
}

function valueOf(output: pulumi.Output<string>): Promise<string> {
  return new Promise((resolve) => output.apply(resolve));
}
