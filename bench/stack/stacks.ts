import { CoreV1Api } from "@kubernetes/client-node";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import path from "node:path";
import { deploy } from "../../stack";
import { defaultCacheDir } from "../../sandbox/engine";
import { loadKubeconfig } from "../../sandbox/kubernetes/kubeconfig";
import { Cleanup } from "../../sandbox/run/cleanup";
import { choosePlugins } from "../../sandbox/run/plugins";
import { asConfig, namespace, sandboxSettings } from "../../sandbox/run/settings";
import { SandboxStack } from "../../sandbox/run/stack";
import { startWorld, type World } from "../../sandbox/run/world";

/** A world to deploy to, with what its stacks have in common. */
export interface Bench {
  world: World;
  settings: ReturnType<typeof sandboxSettings>;
  /** Our stack with these settings, or a stack of another program. */
  stack(options: {
    name: string;
    settings?: object;
    program?: PulumiFn;
    plugins?: Record<string, string>;
  }): Promise<SandboxStack>;
}

/** Runs `work` in a world of its own, stopped afterwards whatever happens. */
export async function inWorld<T>(work: (bench: Bench) => Promise<T>): Promise<T> {
  const cleanup = new Cleanup();
  const print = (line: string): void => void process.stderr.write(`${line}\n`);
  try {
    const world = await startWorld({ cleanup, progress: () => undefined, ca: "stand-in" });
    const home = path.join(defaultCacheDir(), "pulumi-home");
    const plugins = await choosePlugins({
      which: "stand-in",
      engine: world.engine,
      home,
      progress: () => undefined,
    });
    const core = loadKubeconfig(world.cluster.kubeconfigPath).makeApiClient(CoreV1Api);
    await core.createNamespace({ body: { metadata: { name: namespace } } });
    const env = {
      ARM_TENANT_ID: world.graph.tenantId,
      ARM_CLIENT_ID: world.graph.deployer.clientId,
      ARM_CLIENT_SECRET: world.graph.deployer.clientSecret,
      ARM_METADATA_HOSTNAME: world.graph.metadataHost,
    };
    // The programs run in this process, and read what the plugins read.
    Object.assign(process.env, env);
    const settings = sandboxSettings(world);
    return await work({
      world,
      settings,
      stack: (options) =>
        SandboxStack.create({
          dir: path.join(world.dir, options.name),
          stackName: "dev",
          program: options.program ?? (() => deploy({ graph: { trust: world.authority.caPem } })),
          engine: world.engine.command,
          config: options.program === undefined ? asConfig(options.settings ?? settings) : {},
          plugins: { ...plugins.folders, ...options.plugins },
          env: { ...env, ...world.authority.trustEnvironment(), KUBECONFIG: world.cluster.kubeconfigPath },
          home,
        }),
    });
  } finally {
    await cleanup.run(print);
  }
}
