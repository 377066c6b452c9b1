import { AsyncResource } from "node:async_hooks";
import * as pulumi from "@pulumi/pulumi";
import { shellQuote } from "@smallstep-ssh/components";
import { findDuplicates } from "@smallstep-ssh/usersync";
import { log, runError } from "./log";
import { valueIfKnown } from "./outputs";
import type { Providers } from "./providers";

type Duplicate = Awaited<ReturnType<typeof findDuplicates>>["duplicates"][number];

/** Where a resource belongs in the state: the arguments of `pulumi import`. */
export interface Address {
  /** URN of the resource. */
  urn?: string | undefined;
  type: string;
  name: string;
  /** URN of the component. */
  parent?: string | undefined;
  /** URN. */
  provider?: string | undefined;
}

/**
 * Returns hooks for a component that check, before a resource of it is created, whether the service already has one that is not in the
 * state. An interrupted run leaves such objects: the service has created the object, but the engine has not recorded it. Creating
 * another would leave two applications, secrets or jobs, and no record of which one is in use. Previews check too.
 *
 * @param mode `error`: create nothing and fail with an error that explains how to import the object; `warn`: log it and create another
 * @param component name of the component, whose resources are its direct children
 */
export function rejectDuplicates(
  mode: "error" | "warn" | "off",
  component: string,
  providers: Providers,
): pulumi.ResourceHookBinding | undefined {
  if (mode === "off") return undefined;
  const hook = new pulumi.ResourceHook(
    `no-duplicates ${component}`,
    // The engine calls outside of the program's asynchronous context, in which the SDK keeps its connection.
    AsyncResource.bind(async ({ type, name, urn, newInputs = {} }: pulumi.ResourceHookArgs) => {
      if (!/^(azuread|postgresql):/.test(type)) return;
      const texts = Object.entries(newInputs).filter(
        (entry): entry is [string, string] => typeof entry[1] === "string",
      );
      const found = await find(type, name, Object.fromEntries(texts), providers.usersync);
      if (found.length === 0) return;
      const provider = type.startsWith("azuread:") ? providers.azuread : providers.postgresql;
      const parent = `${urn.slice(0, urn.lastIndexOf("$"))}::${component}`;
      const message = duplicateMessage({ urn, type, name, parent, provider: await valueIfKnown(provider.urn) }, found);
      if (mode === "error") throw runError(message);
      await log.warn(message);
    }),
    { onDryRun: true },
  );
  return { beforeCreate: [hook] };
}

/** If the search is forbidden, or fails during a preview, log a warning and continue. During an update, fail. */
async function find(
  type: string,
  name: string,
  inputs: Record<string, string>,
  provider: pulumi.ProviderResource,
): Promise<Duplicate[]> {
  const warn = (reason: string) => log.warn(`Could not check whether ${type} ${name} already exists: ${reason}`);
  try {
    const { duplicates, forbidden } = await findDuplicates({ type, inputs }, { provider });
    if (forbidden !== undefined) await warn(forbidden);
    return duplicates;
  } catch (error) {
    if (!pulumi.runtime.isDryRun()) throw error;
    await warn(error instanceof Error ? error.message : String(error));
    return [];
  }
}

/** Number of existing objects that a message describes. */
const shown = 5;

/** Describes the existing objects and how to resolve each one. */
export function duplicateMessage(address: Address, found: readonly Duplicate[]): string {
  const lines = found
    .slice(0, shown)
    .flatMap((one) => [
      `There is already ${one.description}, which is not in this stack's state. An interrupted run may have left it, or another owner created it.`,
      ...(one.importId === undefined
        ? [`To continue, ${one.remedy}`]
        : [
            `If it belongs to this stack, import it:`,
            `  ${importCommand(address, one.importId)}`,
            `Otherwise ${one.remedy}.`,
          ]),
    ]);
  if (found.length > shown) lines.push(`${found.length - shown} more objects match (${found.length} in total).`);
  if (address.urn !== undefined) {
    lines.push(
      "If this run replaces it because it is tainted, keep it:",
      `  pulumi state untaint ${shellQuote(address.urn)}`,
    );
  }
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
