import type { PulumiFn } from "@pulumi/pulumi/automation";
import type { Engine } from "../../sandbox/engine";
import type { GraphEmulator } from "../../sandbox/graph";
import { credentialsEnvironment, pulumiHome } from "../../sandbox/run/environment";
import { choosePlugins } from "../../sandbox/run/plugins";
import { asConfig } from "../../sandbox/run/settings";
import { SandboxStack } from "../../sandbox/run/stack";
import type { Authority } from "../../sandbox/tls";
import { deploy } from "../../stack";

/** Creates a stack with the real engine, the stand-in provider plugins and a Graph emulator. */
export async function testStack(options: {
  dir: string;
  engine: Engine;
  graph: GraphEmulator;
  authority: Authority;
  settings: object;
  /** Default: `dev`. */
  stackName?: string;
  /** Default: the product's program. */
  program?: PulumiFn;
  /** Default: the deployer's credentials. */
  credentials?: { clientId: string; clientSecret: string };
  /** Additional environment variables. */
  env?: Record<string, string>;
}): Promise<SandboxStack> {
  const { dir, engine, graph, authority, settings } = options;
  const env = credentialsEnvironment({ graph }, options.credentials ?? graph.deployer);
  // The program runs in this process and reads the same variables as the plugins.
  Object.assign(process.env, env);
  const plugins = await choosePlugins({
    which: "stand-in",
    engine,
    home: pulumiHome,
    progress: () => undefined,
  });
  return SandboxStack.create({
    dir,
    stackName: options.stackName ?? "dev",
    program: options.program ?? (() => deploy({ graph: { trust: authority.caPem } })),
    engine: engine.command,
    config: asConfig(settings),
    plugins: plugins.folders,
    env: { ...env, ...authority.trustEnvironment(), ...options.env },
    home: pulumiHome,
  });
}
