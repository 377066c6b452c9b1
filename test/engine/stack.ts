import type { PulumiFn } from "@pulumi/pulumi/automation";
import {
  type Engine,
  credentialsEnvironment,
  pulumiHome,
  choosePlugins,
  asConfig,
  SandboxStack,
} from "@smallstep-ssh/sandbox";
import type { GraphEmulator, Authority } from "entra-emulator";
import { deploy } from "@smallstep-ssh/stack";
import { Helper } from "../faults/crash/helpers";

/**
 * Creates a stack with the real engine, the stand-in provider plugins and a Graph emulator. One process serves the
 * plugins of all operations, because starting them takes longer than most operations.
 */
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
  const pluginEnv = { ...env, ...authority.trustEnvironment(), ...options.env };
  return SandboxStack.create({
    dir,
    stackName: options.stackName ?? "dev",
    program: options.program ?? (() => deploy({ graph: { trust: authority.caPem } })),
    engine: engine.command,
    config: asConfig(settings),
    plugins: plugins.folders,
    env: { ...pluginEnv, ...(await attachedPlugins(pluginEnv)) },
    home: pulumiHome,
  });
}

/** Starts a process that serves the plugins, and returns the environment variables with which the engine attaches to it. */
export async function attachedPlugins(env: Record<string, string>): Promise<Record<string, string>> {
  return { PULUMI_DEBUG_PROVIDERS: await new Helper("plugins", env).address };
}
