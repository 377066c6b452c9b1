import { Command, Option } from "commander";

export interface SandboxOptions {
  /** Leave everything running at the end, and print how to use it. */
  keep: boolean;
  /** Which provider plugins to run: the official ones, the sandbox's stand-ins, or the former where they can be had. */
  plugins: "auto" | "official" | "stand-in";
  /** Which CA to register at: step-ca, which signs; a stand-in, which does not; or the former where it can be had. */
  ca: "auto" | "step-ca" | "stand-in";
  /** A context of the user's own kubeconfig, in place of the sandbox's control plane. */
  context?: string;
  /** Where to write the report, as JSON. */
  report?: string;
  /** Show what the engine prints. */
  verbose: boolean;
}

export function parseOptions(argv: readonly string[]): SandboxOptions {
  const command = new Command("npm run sandbox --")
    .description(
      "Carries out the whole quickstart on this machine with no tenant, no cluster and no Smallstep: preview, up, a\n" +
        "provisioning cycle, the switch of the team, three drifts found and repaired, and destroy. Exits 0 only if every\n" +
        "check held.",
    )
    .option(
      "--keep",
      "leave everything running at the end (before destroy), with the settings to point pulumi at it",
      false,
    )
    .addOption(
      new Option("--plugins <which>", "provider plugins to run")
        .choices(["auto", "official", "stand-in"])
        .default("auto"),
    )
    .addOption(
      new Option("--ca <which>", "CA to register at, and to get SSH certificates from")
        .choices(["auto", "step-ca", "stand-in"])
        .default("auto"),
    )
    .option(
      "--context <name>",
      "deploy to this context of your own kubeconfig; its Pods cannot reach this machine, so the run ends with the deployment",
    )
    .option("--report <file>", "write the report as JSON")
    .option("--verbose", "show what the engine prints", false)
    .allowExcessArguments(false);
  command.parse([...argv], { from: "user" });
  return command.opts<SandboxOptions>();
}
