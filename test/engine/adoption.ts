import { spawn } from "node:child_process";
import { readFile, symlink } from "node:fs/promises";
import path from "node:path";
import { BatchV1Api, CoreV1Api } from "@kubernetes/client-node";
import { setUpByHand, type ByHand, type Sloppiness } from "../../sandbox/byHand";
import { defaultCacheDir } from "../../sandbox/engine";
import { loadKubeconfig } from "../../sandbox/kubernetes/kubeconfig";
import type { Cleanup } from "../../sandbox/run/cleanup";
import { choosePlugins } from "../../sandbox/run/plugins";
import { namespace } from "../../sandbox/run/settings";
import { passphrase, SandboxStack, type Operation } from "../../sandbox/run/stack";
import { until } from "../../sandbox/run/steps/look";
import { startWorld, type World } from "../../sandbox/run/world";
import { deploy } from "../../stack";

const root = path.join(__dirname, "../..");
/** The stack's name in docs/adoption.md. */
const stackName = "live";

/** A world in which the quickstart was followed by hand, and a folder from which the stack is to take it over. */
export class Adoption {
  /** All that commands and engine printed. */
  readonly said: string[] = [];

  private constructor(
    readonly world: World,
    readonly made: ByHand,
    readonly stack: SandboxStack,
    readonly batch: BatchV1Api,
    /** Where a person types commands. */
    readonly folder: string,
    private readonly env: Record<string, string>,
  ) {}

  static async start(cleanup: Cleanup, sloppiness: Sloppiness): Promise<Adoption> {
    const quiet = () => undefined;
    const world = await startWorld({ cleanup, ca: "stand-in", progress: quiet });
    const { graph, smallstep, authority, cluster, engine } = world;
    const kubeconfig = loadKubeconfig(cluster.kubeconfigPath);
    await kubeconfig.makeApiClient(CoreV1Api).createNamespace({ body: { metadata: { name: namespace } } });
    const made = await setUpByHand(world, sloppiness);
    const home = path.join(defaultCacheDir(), "pulumi-home");
    const azure = {
      ARM_TENANT_ID: graph.tenantId,
      ARM_CLIENT_ID: graph.deployer.clientId,
      ARM_CLIENT_SECRET: graph.deployer.clientSecret,
      ARM_METADATA_HOSTNAME: graph.metadataHost,
    };
    // The program runs in this process, and reads what the plugins read.
    Object.assign(process.env, azure);
    const env = { ...azure, ...authority.trustEnvironment(), KUBECONFIG: cluster.kubeconfigPath };
    const dir = path.join(world.dir, "stack");
    const stack = await SandboxStack.create({
      dir,
      stackName,
      program: () => deploy({ graph: { trust: authority.caPem } }),
      engine: engine.command,
      config: {},
      plugins: (await choosePlugins({ which: "stand-in", engine, home, progress: quiet })).folders,
      env,
      home,
    });
    const folder = path.join(dir, "project");
    for (const name of ["package.json", "node_modules", "cli"]) {
      await symlink(path.join(root, name), path.join(folder, name));
    }
    const bin = path.dirname(engine.command.command);
    return new Adoption(world, made, stack, kubeconfig.makeApiClient(BatchV1Api), folder, {
      ...env,
      PATH: [path.join(root, "sandbox/engine/language"), bin, process.env["PATH"]].join(path.delimiter),
      HOME: process.env["HOME"] ?? "",
      PGPASSWORD: smallstep.folk.deployer.password,
      PULUMI_HOME: home,
      PULUMI_CONFIG_PASSPHRASE: passphrase,
      // A person is asked.
      PULUMI_SKIP_CONFIRMATIONS: "true",
      PULUMI_SKIP_UPDATE_CHECK: "true",
    });
  }

  /** The commands of docs/adoption.md, in this world's names. */
  async documented(): Promise<string[]> {
    const { graph, smallstep, authority } = this.world;
    const { folk, team, ca } = smallstep;
    const names: [string, string][] = [
      ["5f0a4ad4-5f0c-4d1c-9a4f-b0a8c0e9a001", graph.tenantId],
      ["7c1d0f52-6a0e-4b70-9d1c-3c1f6f2a7b11", team.authorityId],
      ["https://ssh.acme.ca.smallstep.example.com", `${ca.url} --ca-root-cert ${authority.caFile}`],
      ["folk.example.com", `${folk.host} --folk-port ${folk.port} --folk-ssl-root-cert ${authority.caFile}`],
      ["--folk-username deployer", `--folk-username ${folk.deployer.username}`],
    ];
    const text = await readFile(path.join(root, "docs/adoption.md"), "utf8");
    const blocks = [...text.matchAll(/^```sh\n(.*?)^```/gms)].map((match) => match[1] ?? "");
    return blocks
      .flatMap((block) => block.replaceAll("\\\n", " ").split("\n"))
      .filter((line) => line.trim() !== "")
      .map((line) => names.reduce((command, [example, name]) => command.replaceAll(example, name), line));
  }

  /**
   * Types a command; a command that runs the program is carried out by the Automation API, which needs no language host.
   * @throws Error with what it said, when it fails
   */
  async type(command: string): Promise<Operation | undefined> {
    if (/^pulumi preview\b/.test(command)) return this.kept(await this.stack.preview());
    if (/^pulumi up\b/.test(command)) return this.kept(await this.stack.up());
    const password = this.world.smallstep.folk.deployer.password;
    await this.shell(command, command.endsWith("folk.password") ? password : "");
    return undefined;
  }

  /** How the registration Job ended; "running" when it has not after a minute. */
  async endOfJob(): Promise<string> {
    const name = String((await this.stack.outputs())["registrationJob"]?.value);
    return until(60, "running", async () => {
      const job = await this.batch.readNamespacedJob({ name, namespace });
      return job.status?.conditions?.find(({ type, status }) => status === "True" && /^(Complete|Failed)$/.test(type))
        ?.type;
    });
  }

  private kept(operation: Operation): Operation {
    this.said.push(operation.output, operation.diagnostics);
    return operation;
  }

  private shell(command: string, input: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const child = spawn("bash", ["--norc", "-euo", "pipefail", "-c", command], { cwd: this.folder, env: this.env });
      let output = "";
      for (const stream of [child.stdout, child.stderr])
        stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
      child.on("error", reject);
      child.on("close", (code) => {
        this.said.push(output);
        if (code === 0) resolve();
        else reject(new Error(`${command} ended with ${code}:\n${output}`));
      });
      child.stdin.end(input);
    });
  }
}

/** What a preview says is to be done, each once: creations apart, and what changes with the properties. */
export function stepsOf(operation: Operation): { created: string[]; others: Record<string, string[]> } {
  const own = operation.steps.filter(({ type }) => !/^pulumi:(providers|pulumi):/.test(type));
  const name = ({ type, name }: Operation["steps"][number]) => `${type} ${name}`;
  const created = new Set(own.filter(({ op }) => op === "create").map(name));
  const others = own.filter(({ op }) => op !== "create").map((step) => [`${step.op} ${name(step)}`, step.diffs.sort()]);
  return { created: [...created].sort(), others: Object.fromEntries(others) as Record<string, string[]> };
}
