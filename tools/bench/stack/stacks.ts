import path from "node:path";
import { CoreV1Api } from "@kubernetes/client-node";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { deploy } from "@smallstep-ssh/stack";
import {
  loadKubeconfig,
  Cleanup,
  credentialsEnvironment,
  pulumiHome,
  type SandboxOptions,
  choosePlugins,
  type Plugins,
  asConfig,
  namespace,
  sandboxSettings,
  Shell,
  passphrase,
  SandboxStack,
  startSandboxEnvironment,
  type SandboxEnvironment,
} from "@smallstep-ssh/sandbox";

/** The configuration of the programs. */
export type Settings = Omit<ReturnType<typeof sandboxSettings>, "cutover"> & { cutover: object };

/** A sandbox environment to deploy to, with the values that its stacks share. */
export interface Bench {
  environment: SandboxEnvironment;
  settings: Settings;
  /** Creates our stack with these settings, or a stack of another program. */
  stack(options: {
    name: string;
    settings?: object;
    program?: PulumiFn;
    plugins?: Record<string, string>;
    /** Additional environment variables. */
    env?: Record<string, string>;
  }): Promise<SandboxStack>;
  /** Which provider plugins run. */
  plugins: Plugins["which"];
  /** Returns a shell for commands on a stack that `stack` created. */
  shell(name: string): Shell;
}

/** Runs `work` in its own sandbox environment and always stops the environment afterwards. */
export async function withSandbox<T>(
  work: (bench: Bench) => Promise<T>,
  which: SandboxOptions["plugins"] = "stand-in",
): Promise<T> {
  const cleanup = new Cleanup();
  const print = (line: string): void => void process.stderr.write(`${line}\n`);
  try {
    const environment = await startSandboxEnvironment({ cleanup, progress: () => undefined, ca: "stand-in" });
    const home = pulumiHome;
    const plugins = await choosePlugins({
      which,
      engine: environment.engine,
      home,
      progress: () => undefined,
    });
    const core = loadKubeconfig(environment.cluster.kubeconfigPath).makeApiClient(CoreV1Api);
    await core.createNamespace({ body: { metadata: { name: namespace } } });
    const env = credentialsEnvironment(environment, environment.graph.deployer);
    // The programs run in this process and read the same variables as the plugins.
    Object.assign(process.env, env);
    // The users of the tenant's existing group are enough for the Job.
    const settings = { ...sandboxSettings(environment), cutover: { userWaitTimeoutMinutes: 10, minimumUsers: 1 } };
    const common = (name: string, more: Record<string, string> = {}) => ({
      dir: path.join(environment.dir, name),
      stackName: "dev",
      env: {
        ...env,
        ...environment.authority.trustEnvironment(),
        KUBECONFIG: environment.cluster.kubeconfigPath,
        ...more,
      },
      home,
    });
    return await work({
      environment,
      settings,
      stack: (options) =>
        SandboxStack.create({
          ...common(options.name, options.env),
          program: options.program ?? (() => deploy()),
          engine: environment.engine.command,
          config: options.program === undefined ? asConfig(options.settings ?? settings) : {},
          plugins: { ...plugins.folders, ...options.plugins },
        }),
      plugins: plugins.which,
      shell: (name) => {
        const { dir, env, home } = common(name);
        const more = { PULUMI_HOME: home, PULUMI_CONFIG_PASSPHRASE: passphrase };
        return new Shell(environment.engine, path.join(dir, "project"), { ...env, ...more });
      },
    });
  } finally {
    await cleanup.run(print);
  }
}
