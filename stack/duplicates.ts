import * as pulumi from "@pulumi/pulumi";
import { shellQuote } from "../components/addresses";
import { GraphError } from "../provider/graph";
import { finders, type Duplicate, type Sources } from "../preflight/duplicates";

/** Where a resource is in the state: what `pulumi import` has to be told. */
export interface Address {
  type: string;
  name: string;
  /** URNs. */
  parent?: string;
  provider?: string;
}

/** Providers by package, once they are declared. */
export type ProvidersByPackage = Partial<Record<string, pulumi.ProviderResource>>;

/**
 * Before a resource is made that the state does not know: is there one already? A run that was interrupted after the service had done
 * its work and before the engine could write it down leaves such; making another would leave two applications, secrets or jobs of
 * which nobody knows which one is in use. Called before the first resource is declared; looks in previews too.
 *
 * @param mode `error`: nothing is made, and the error says how to take over what is there; `warn`: says so, and makes another
 * @param providers filled by the caller when the providers are declared
 */
export function guardAgainstDuplicates(mode: "error" | "warn", sources: Sources, providers: ProvidersByPackage): void {
  // Of this process, not registered with the engine: it only adds the hook.
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

/** A look-up that may not be, or cannot be in a preview, is said to have failed; else it holds up what it is to protect. */
async function findDuplicates(find: () => Promise<Duplicate[]>, type: string, name: string): Promise<Duplicate[]> {
  try {
    return await find();
  } catch (error) {
    const refused = error instanceof GraphError && error.status === 403;
    if (!refused && !pulumi.runtime.isDryRun()) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    await pulumi.log.warn(`Whether there is a ${type} ${name} already could not be found out: ${reason}`);
    return [];
  }
}

/** What is there, and what to do about it. */
export function duplicateMessage(address: Address, found: readonly Duplicate[]): string {
  const lines = found.flatMap((one) => [
    `There is ${one.description} already, which this stack does not know: an interrupted run may have left it, or it is somebody else's.`,
    ...(one.importId === undefined
      ? [`To go on, ${one.remedy}`]
      : [`If it is this stack's, take it over:`, `  ${importCommand(address, one.importId)}`, `Else ${one.remedy}.`]),
  ]);
  return [...lines, "Nothing was made. With checks.duplicates set to warn another one is made beside it."].join("\n");
}

function importCommand({ type, name, parent, provider }: Address, id: string): string {
  const words = [
    ...["pulumi", "import", type, name, id],
    ...(parent === undefined ? [] : ["--parent", `parent=${parent}`]),
    ...(provider === undefined ? [] : ["--provider", `provider=${provider}`]),
    ...["--protect=false", "--generate-code=false"],
  ];
  return words.map((word) => shellQuote(word)).join(" ");
}

function valueOf(output: pulumi.Output<string>): Promise<string> {
  return new Promise((resolve) => output.apply(resolve));
}
