import { writeFile } from "node:fs/promises";
import path from "node:path";
import { BatchV1Api, CoreV1Api } from "@kubernetes/client-node";
import { shellQuote } from "@smallstep-ssh/components";
import { deploy } from "@smallstep-ssh/stack";
import { loadKubeconfig } from "../kubernetes/kubeconfig";
import type { Checks } from "./checks";
import type { Cleanup } from "./cleanup";
import type { SandboxOptions } from "./options";
import { CommandLines } from "./commandLines";
import { credentialsEnvironment, projectFolder, pulumiHome, toolEnvironment } from "./toolEnvironment";
import { choosePlugins } from "./plugins";
import { stackName, type Run } from "./run";
import { asConfig, namespace, sandboxSettings } from "./settings";
import { SandboxStack } from "./stack";
import { steps } from "./steps/steps";
import { startSandboxEnvironment, type SandboxEnvironment } from "./environment";

/**
 * Runs all steps. Failed checks are in `checks`. Errors that prevent the next step are thrown.
 * @returns lines that explain how to use the running services, for `--keep`; else an empty list
 */
export async function runScenario(given: {
  options: SandboxOptions;
  checks: Checks;
  cleanup: Cleanup;
}): Promise<string[]> {
  const { options, checks, cleanup } = given;
  checks.begin("Start");
  const note = (line: string) => checks.note(line);
  const environment = await startSandboxEnvironment({ ...options, cleanup, progress: note });
  note(`engine: Pulumi ${environment.engine.version} (${environment.engine.how})`);
  note(`Kubernetes: ${environment.cluster.describe}`);
  if (environment.runner === undefined) {
    note(
      "the cluster's Pods cannot reach this machine: the run deploys the Job, but skips the steps that need its results",
    );
  }
  const { engine } = environment;
  const plugins = await choosePlugins({ which: options.plugins, engine, home: pulumiHome, progress: note });
  note(`provider plugins: usersync and the ${plugins.which} plugins (${plugins.reason})`);

  const config = loadKubeconfig(environment.cluster.kubeconfigPath);
  const core = config.makeApiClient(CoreV1Api);
  // The strictest Pod Security Standard.
  const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
  await core.createNamespace({ body: { metadata: { name: namespace, labels } } });
  cleanup.add("the namespace", async () => {
    if (options.context !== undefined) await core.deleteNamespace({ name: namespace });
  });
  // The program runs in this process and reads the same variables as the plugins.
  Object.assign(process.env, credentialsEnvironment(environment, environment.graph.deployer));
  const stack = await SandboxStack.create({
    dir: environment.dir,
    stackName,
    program: () => deploy(),
    engine: engine.command,
    config: asConfig(sandboxSettings(environment)),
    plugins: plugins.folders,
    env: toolEnvironment(environment),
    home: pulumiHome,
    print: options.verbose ? (text) => process.stdout.write(text) : undefined,
  });
  cleanup.add("the engine's operation", () => stack.cancel().catch(() => undefined));

  const commandLines = new CommandLines();
  cleanup.add("the collection of command lines", () => Promise.resolve(commandLines.stop()));
  const batch = config.makeApiClient(BatchV1Api);
  const run: Run = { ...environment, stack, checks, core, batch, plugins: plugins.folders, commandLines };
  for (const { title, step } of steps(options)) {
    checks.begin(title);
    const started = Date.now();
    await step(run);
    note(`${((Date.now() - started) / 1000).toFixed(1)} s`);
  }
  return options.keep ? await explainKept(environment) : [];
}

/** Writes the settings for the user's own tools to a file that only its owner can read. Returns lines that explain its use. */
async function explainKept(environment: SandboxEnvironment): Promise<string[]> {
  const { dir, graph, smallstep } = environment;
  const { scim, directory, ca, database } = smallstep;
  const file = path.join(dir, "environment.sh");
  const lines = Object.entries(toolEnvironment(environment)).map(
    ([name, value]) => `export ${name}=${shellQuote(value, true)}`,
  );
  await writeFile(file, `${lines.join("\n")}\n`, { mode: 0o600 });
  return [
    `settings:          . ${file}`,
    `the stack:         pulumi --cwd ${projectFolder(environment)} stack --stack dev`,
    `drift:             npm run drift -- --stack dev --cwd ${projectFolder(environment)}`,
    `status, comments:  as for drift, with npm run status or npm run preview:comment`,
    `Kubernetes:        kubectl -n ${namespace} get jobs,pods`,
    `output of Pods:    ${path.join(dir, "pods")}/*/logs`,
    `Microsoft Graph:   ${graph.url}/v1.0`,
    `SCIM directory:    ${scim.baseUrl}/${directory.id}/v2/Users`,
    `the CA:            ${ca.url}/provisioners`,
    `folk (PostgreSQL): ${database.host}:${database.port}, database ${database.name}`,
  ];
}
