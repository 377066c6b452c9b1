import { boundedList, codeSpan } from "entra-mappings";
import type { CommandContext, StackOptions } from "../common/command";
import { replaceFile } from "../common/files";
import { addSummary, ciRunLink } from "../scm/ciRun";
import { findChanges, findUndeployed, readVersion } from "./destinations";

export interface DestinationsOptions extends StackOptions {
  /** Folder of the proposed version. */
  head: string;
  /** File to write the Markdown to. */
  output?: string;
}

/** Reads the configuration of the last deployment. Undefined: the stack was never deployed. */
export type ReadDeployed = (options: StackOptions) => Promise<Readonly<Record<string, string>> | undefined>;

/** Reports whether a proposed version sends credentials elsewhere, and returns the exit code. */
export async function reportDestinations(
  options: DestinationsOptions,
  { terminal, env }: CommandContext,
  readDeployed: ReadDeployed,
): Promise<number> {
  const { cwd, head, stack, output } = options;
  const [trusted, proposed] = await Promise.all([readVersion(cwd, stack), readVersion(head, stack)]);
  const changes = findChanges(trusted, proposed, stack);
  // Only a version with the trusted project and secrets provider is compared with the deployment.
  const deployed = changes.length === 0 ? await readDeployed(options) : undefined;
  const undeployed = deployed === undefined ? [] : findUndeployed(proposed, deployed);
  if (changes.length + undeployed.length === 0) {
    await terminal.write(`${stack}: credentials go to the same places as before.\n`);
    return 0;
  }
  const found = changes.length > 0 ? pullRequestChanges(stack, changes) : baseChanges(undeployed);
  const lines = [`### Preview of ${codeSpan(stack)}: withheld`, "", ...found, "", ciRunLink(env)];
  const text = `${lines.join("\n").trimEnd()}\n`;
  await terminal.write(text);
  await addSummary(text, env);
  if (output !== undefined) await replaceFile(output, [text], { personal: true });
  return 20;
}

// The reports show no value, because the author of the pull request chose it.

function pullRequestChanges(stack: string, names: readonly string[]): string[] {
  return [
    "This pull request changes where credentials go, so the preview did not run. These settings or files differ from the base branch:",
    "",
    ...list(names),
    "",
    "A maintainer checks that every new value belongs to the installation, and then merges: the deployment runs from the protected branch. " +
      `To preview before the merge, check out the reviewed commit, sign in, and run ${codeSpan(`npm run preview:comment -- --stack ${stack}`)}.`,
  ];
}

function baseChanges(names: readonly string[]): string[] {
  return [
    "The base branch changes where credentials go and is not deployed yet, so the preview did not run. These settings differ from the last deployment:",
    "",
    ...list(names),
    "",
    "Deploy the base branch first, and then run the preview again.",
  ];
}

function list(names: readonly string[]): string[] {
  return boundedList(names).map((name) => `- ${codeSpan(name)}`);
}
