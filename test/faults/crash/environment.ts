import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { BatchV1Api, CoreV1Api, type KubernetesObject } from "@kubernetes/client-node";
import {
  type Engine,
  type Cluster,
  loadKubeconfig,
  choosePlugins,
  asConfig,
  sandboxSettings,
  SandboxStack,
  startSmallstep,
  type Smallstep,
} from "@smallstep-ssh/sandbox";
import { startGraph, type Authority, type GraphEmulator, createAuthority } from "entra-emulator";
import { secretsProvider, testHome } from "../../setup/stacks";
import { EngineCommand } from "./engine";
import { openGate } from "./faultProxy";
import { Helper, Supply } from "./helpers";
import { Trigger } from "./trigger";

/**
 * All services of a deployment with a counter of their requests, and an engine whose processes can be killed
 * individually.
 */
export interface CrashEnvironment {
  authority: Authority;
  /** Folder of the project and of all services' files. */
  dir: string;
  /** The stack's configuration. */
  stack: SandboxStack;
  graph: GraphEmulator;
  smallstep: Smallstep;
  namespace: string;
  core: CoreV1Api;
  batch: BatchV1Api;
  engine: EngineCommand;
  helpers: { plugins: Supply; program: Supply };
  trigger: Trigger;
  close(): Promise<void>;
}

export async function startCrashEnvironment(
  engine: Engine,
  cluster: Cluster,
  namespace: string,
  settingsOf: (settings: ReturnType<typeof sandboxSettings>) => object = (settings) => settings,
): Promise<CrashEnvironment> {
  const dir = await mkdtemp(path.join(tmpdir(), "crash-"));
  const closing: (() => unknown)[] = [() => rm(dir, { recursive: true, force: true })];
  const authority = await createAuthority(path.join(dir, "tls"));
  const graph = await startGraph({ authority });
  closing.push(() => graph.close());
  const smallstep = await startSmallstep({ authority, dir: path.join(dir, "smallstep") });
  closing.push(() => smallstep.close());
  const config = loadKubeconfig(cluster.kubeconfigPath);
  const core = config.makeApiClient(CoreV1Api);
  await core.createNamespace({ body: { metadata: { name: namespace } } });

  const trigger = new Trigger();
  watch(graph, trigger);
  const apiPort = Number(new URL(config.getCurrentCluster()?.server ?? "").port);
  const [database, kubernetes] = await Promise.all(
    [smallstep.database.port, apiPort].map((port) => openGate(port, () => trigger.next())),
  );
  closing.push(() => {
    database?.close();
    kubernetes?.close();
  });
  const kubeconfig = path.join(dir, "kubeconfig");
  const text = await readFile(cluster.kubeconfigPath, "utf8");
  await writeFile(kubeconfig, text.replaceAll(`:${apiPort}`, `:${kubernetes?.port}`), { mode: 0o600 });

  const env = {
    ARM_TENANT_ID: graph.tenantId,
    ARM_CLIENT_ID: graph.deployer.clientId,
    ARM_CLIENT_SECRET: graph.deployer.clientSecret,
    ARM_METADATA_HOSTNAME: graph.metadataHost,
    KUBECONFIG: kubeconfig,
    ...authority.trustEnvironment(),
  };
  const helpers = {
    plugins: new Supply(() => new Helper("plugins", env)),
    program: new Supply(() => new Helper("program", env)),
  };
  closing.push(() => {
    helpers.plugins.close();
    helpers.program.close();
  });
  const home = testHome();
  const settings = sandboxSettings({ graph, smallstep, authority });
  settings.database.port = database?.port ?? 0;
  settings.kubernetes.namespace = namespace;
  const plugins = await choosePlugins({ which: "stand-in", engine, home, progress: () => undefined });
  // Creates the project and its configuration. The helper provides the program that runs.
  const stack = await SandboxStack.create({
    dir,
    stackName: "dev",
    program: () => Promise.resolve(),
    engine: engine.command,
    config: asConfig(settingsOf(settings)),
    plugins: plugins.folders,
    env: {},
    secretsProvider,
    home,
  });
  return {
    ...{ authority, dir, stack },
    graph,
    smallstep,
    namespace,
    core,
    batch: config.makeApiClient(BatchV1Api),
    engine: new EngineCommand(engine.command.command, dir, home, helpers),
    helpers,
    trigger,
    close: async () => {
      for (const stop of closing.reverse()) await stop();
    },
  };
}

/**
 * Counts the requests to Graph and resets their connections through its fault injection, because the emulator runs in
 * this process.
 */
function watch(graph: GraphEmulator, trigger: Trigger): void {
  const take = graph.faults.take.bind(graph.faults);
  graph.faults.take = (request) => {
    const decision = trigger.next();
    if (decision === "pass") return take(request);
    return { kind: "reset", when: decision === "drop" ? "before" : "after" };
  };
}

/** Returns the stack's objects in Kubernetes. */
export async function objectsOf({
  core,
  batch,
  namespace,
}: CrashEnvironment): Promise<(KubernetesObject & { kind: string })[]> {
  const own = { namespace };
  const [jobs, secrets, maps] = await Promise.all([
    batch.listNamespacedJob(own),
    core.listNamespacedSecret(own),
    core.listNamespacedConfigMap(own),
  ]);
  return [
    ...jobs.items.map((item) => ({ ...item, kind: "Job" })),
    ...secrets.items.map((item) => ({ ...item, kind: "Secret" })),
    ...maps.items.map((item) => ({ ...item, kind: "ConfigMap" })),
  ].filter(({ metadata }) => metadata?.name !== "kube-root-ca.crt" && metadata?.deletionTimestamp === undefined);
}

/** Deletes one of the stack's objects as `kubectl delete` does. */
export async function deleteObject(
  { core, batch, namespace }: CrashEnvironment,
  kind: string,
  name: string,
): Promise<void> {
  const one = { namespace, name };
  if (kind === "Job") await batch.deleteNamespacedJob({ ...one, propagationPolicy: "Background" });
  else if (kind === "Secret") await core.deleteNamespacedSecret(one);
  else await core.deleteNamespacedConfigMap(one);
}
