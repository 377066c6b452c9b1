import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import {
  type Engine,
  credentialsEnvironment,
  choosePlugins,
  asConfig,
  findEngine,
  SandboxStack,
  sandboxSettings,
  startSmallstep,
  type Smallstep,
} from "@smallstep-ssh/sandbox";
import { createAuthority, startGraph, type Authority, type GraphEmulator } from "entra-emulator";
import { deploy } from "@smallstep-ssh/stack";
import { secretsProvider, testHome } from "../setup/stacks";
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
    home: testHome(),
    progress: () => undefined,
  });
  const pluginEnv = { ...env, ...authority.trustEnvironment(), ...options.env };
  return SandboxStack.create({
    dir,
    stackName: options.stackName ?? "dev",
    program: options.program ?? (() => deploy()),
    engine: engine.command,
    config: asConfig(settings),
    plugins: plugins.folders,
    secretsProvider,
    env: { ...pluginEnv, ...(await attachedPlugins(pluginEnv)) },
    home: testHome(),
  });
}

/** Returns the environment variables of `setup/` for programs that do not inherit this process's environment. */
export function setupEnvironment(): Record<string, string> {
  const names = ["NODE_COMPILE_CACHE", "GOGC", "VAULT_SERVER_URL", "VAULT_SERVER_TOKEN"];
  return Object.fromEntries(names.map((name) => [name, process.env[name] ?? ""]));
}

/** Starts a process that serves the plugins, and returns the environment variables with which the engine attaches to it. */
export async function attachedPlugins(env: Record<string, string>): Promise<Record<string, string>> {
  return { PULUMI_DEBUG_PROVIDERS: await new Helper("plugins", env).address };
}

/** The services that previews need: all but the cluster. */
export interface PreviewServices {
  /** The engine, or the reason why it is missing. In the second case there are no services. */
  engine: Engine | string;
  dir: string;
  authority: Authority;
  graph: GraphEmulator;
  smallstep: Smallstep;
  settings(): ReturnType<typeof sandboxSettings>;
  /** Creates a stack with a folder of its own. */
  stack(
    options: Pick<Parameters<typeof testStack>[0], "settings" | "program" | "credentials" | "env">,
  ): Promise<SandboxStack>;
  close(): Promise<void>;
}

/** Starts the services that previews need, in a temporary folder. */
export async function startPreviewServices(): Promise<PreviewServices> {
  const engine = await findEngine();
  const services = { engine } as PreviewServices;
  if (typeof engine === "string") return { ...services, close: () => Promise.resolve() };
  const dir = await mkdtemp(path.join(tmpdir(), "preview-"));
  const authority = await createAuthority(path.join(dir, "tls"));
  const graph = await startGraph({ authority });
  const smallstep = await startSmallstep({ authority, dir: path.join(dir, "smallstep") });
  let stacks = 0;
  return {
    ...{ engine, dir, authority, graph, smallstep },
    settings: () => sandboxSettings({ graph, smallstep, authority }),
    stack: (options) => testStack({ dir: path.join(dir, `stack-${++stacks}`), engine, graph, authority, ...options }),
    close: async () => {
      await smallstep.close();
      await graph.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
