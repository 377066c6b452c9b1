import { Command, Option } from "commander";

export interface SandboxOptions {
  /** Leave all services running at the end, and print how to use them. Default: false. */
  keep: boolean;
  /** Provider plugins to run: the official ones, the sandbox's stand-ins, or (auto, the default) official if available. */
  plugins: "auto" | "official" | "stand-in";
  /** CA to register at: step-ca, which signs; a stand-in, which does not; or (auto, the default) step-ca if available. */
  ca: "auto" | "step-ca" | "stand-in";
  /** Context of the user's kubeconfig to use instead of the sandbox's control plane. */
  context?: string;
  /** File to which the run writes the report as JSON. Default: no report. */
  report?: string;
  /** Show the output of the engine. Default: false. */
  verbose: boolean;
}

/** Parses the command line. Prints a message and exits the process for `--help` and for invalid options. */
export function parseOptions(argv: readonly string[]): SandboxOptions {
  const command = new Command("npm run sandbox --")
    .description(
      "Runs the whole quickstart on this machine without a tenant, a cluster or Smallstep: preview, up, a provisioning " +
        "cycle, the switch of the team, detection and repair of three drifts, and destroy. Exits with 0 only if every " +
        "check holds.",
    )
    .option("--keep", "skip destroy, leave all services running, and print the settings for pulumi", false)
    .addOption(
      new Option("--plugins <which>", "provider plugins to run")
        .choices(["auto", "official", "stand-in"])
        .default("auto"),
    )
    .addOption(
      new Option("--ca <which>", "CA to register at and to request SSH certificates from")
        .choices(["auto", "step-ca", "stand-in"])
        .default("auto"),
    )
    .option(
      "--context <name>",
      "deploy to this context of your kubeconfig; its Pods cannot reach this machine, so steps that need the Job are skipped",
    )
    .option("--report <file>", "write the report as JSON")
    .option("--verbose", "show the output of the engine", false)
    .allowExcessArguments(false);
  command.parse([...argv], { from: "user" });
  return command.opts<SandboxOptions>();
}
