/**
 * Returns a command line that runs the subcommand, in the form that the reader typed: `npm run drift -- --stack dev` or
 * `smallstep-ssh drift --stack dev`. `silent`: standard output is data, so npm must not print its own lines to it.
 */
export type CommandLine = (args: string, options?: { silent?: boolean }) => string;

/** Returns the form in which the environment shows that the subcommand was started. */
export function commandLineOf(subcommand: string, env: NodeJS.ProcessEnv): CommandLine {
  const script = env["npm_lifecycle_event"] ?? "";
  // The npm script of preview-comment is preview:comment.
  if (script.replace(":", "-") !== subcommand) return (args) => joined(`smallstep-ssh ${subcommand}`, args);
  return (args, { silent = false } = {}) =>
    joined(`npm run ${silent ? "--silent " : ""}${script}`, args === "" ? "" : `-- ${args}`);
}

function joined(command: string, args: string): string {
  return args === "" ? command : `${command} ${args}`;
}
