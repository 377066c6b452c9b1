import { CoreV1Api } from "@kubernetes/client-node";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { deploy } from "../../stack";
import { loadKubeconfig } from "../../sandbox/kubernetes/kubeconfig";
import { Cleanup } from "../../sandbox/run/cleanup";
import { credentialsEnvironment, pulumiHome } from "../../sandbox/run/environment";
import { choosePlugins } from "../../sandbox/run/plugins";
import { asConfig, namespace, sandboxSettings } from "../../sandbox/run/settings";
import { SandboxStack } from "../../sandbox/run/stack";
import { startWorld, type World } from "../../sandbox/run/world";

/** What the programs are configured with. */
export type Settings = Omit<ReturnType<typeof sandboxSettings>, "cutOver"> & { cutOver: object };

/** A world to deploy to, with what its stacks have in common. */
export interface Bench {
  world: World;
  settings: Settings;
  /** Our stack with these settings, or a stack of another program. */
  stack(options: {
    name: string;
    settings?: object;
    program?: PulumiFn;
    plugins?: Record<string, string>;
  }): Promise<SandboxStack>;
  /** Writes down a stack made by `stack`, for operate.ts; answers the file. */
  prepare(name: string, program: Prepared["program"]): Promise<string>;
}

/** What operate.ts needs to go on with a stack in another process. */
export interface Prepared {
  dir: string;
  stackName: string;
  plugins: Record<string, string>;
  env: Record<string, string>;
  home: string;
  /** Path of the engine. */
  pulumi: string;
  program: "ours" | "bare";
  /** PEM that our program trusts besides the usual authorities. */
  trust: string;
  bareWith: { settings: Settings; token: string };
}

/** Runs `work` in a world of its own, stopped afterwards whatever happens. */
export async function inWorld<T>(work: (bench: Bench) => Promise<T>): Promise<T> {
  const cleanup = new Cleanup();
  const print = (line: string): void => void process.stderr.write(`${line}\n`);
  try {
    const world = await startWorld({ cleanup, progress: () => undefined, ca: "stand-in" });
    const home = pulumiHome;
    const plugins = await choosePlugins({
      which: "stand-in",
      engine: world.engine,
      home,
      progress: () => undefined,
    });
    const core = loadKubeconfig(world.cluster.kubeconfigPath).makeApiClient(CoreV1Api);
    await core.createNamespace({ body: { metadata: { name: namespace } } });
    const env = credentialsEnvironment(world, world.graph.deployer);
    // The programs run in this process, and read what the plugins read.
    Object.assign(process.env, env);
    // The people of the tenant's own group are enough for the Job.
    const settings = { ...sandboxSettings(world), cutOver: { waitForUsersMinutes: 10, minimumUsers: 1 } };
    const common = (name: string) => ({
      dir: path.join(world.dir, name),
      stackName: "dev",
      env: { ...env, ...world.authority.trustEnvironment(), KUBECONFIG: world.cluster.kubeconfigPath },
      home,
    });
    return await work({
      world,
      settings,
      stack: (options) =>
        SandboxStack.create({
          ...common(options.name),
          program: options.program ?? (() => deploy({ graph: { trust: world.authority.caPem } })),
          engine: world.engine.command,
          config: options.program === undefined ? asConfig(options.settings ?? settings) : {},
          plugins: { ...plugins.folders, ...options.plugins },
        }),
      prepare: async (name, program) => {
        const file = path.join(world.dir, `${name}.json`);
        const prepared: Prepared = {
          ...common(name),
          plugins: plugins.folders,
          pulumi: world.engine.command.command,
          program,
          trust: world.authority.caPem,
          bareWith: { settings, token: world.smallstep.directory.token },
        };
        await writeFile(file, JSON.stringify(prepared), { mode: 0o600 });
        return file;
      },
    });
  } finally {
    await cleanup.run(print);
  }
}
