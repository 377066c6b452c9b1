import { symlink } from "node:fs/promises";
import path from "node:path";
import { BatchV1Api, CoreV1Api } from "@kubernetes/client-node";
import { followQuickstart, type ManualSetup, type QuickstartDeviations } from "../../sandbox/byHand";
import { loadKubeconfig } from "../../sandbox/kubernetes/kubeconfig";
import type { Cleanup } from "../../sandbox/run/cleanup";
import { projectFolder, toolEnvironment } from "../../sandbox/run/environment";
import { namespace } from "../../sandbox/run/settings";
import { Shell } from "../../sandbox/run/shell";
import type { Operation, SandboxStack } from "../../sandbox/run/stack";
import { until } from "../../sandbox/run/steps/look";
import { startSandboxEnvironment, type SandboxEnvironment } from "../../sandbox/run/world";
import { commandsIn, inOtherNames } from "../documentation/commands";
import { testStack } from "./stack";

const root = path.join(__dirname, "../..");
/** The stack's name in docs/adoption.md. */
const stackName = "live";

/** A world in which the quickstart was followed by hand, and a folder from which the stack is to take it over. */
export class Adoption {
  /** All that the engine printed. */
  private readonly told: string[] = [];

  private constructor(
    readonly world: SandboxEnvironment,
    readonly made: ManualSetup,
    readonly stack: SandboxStack,
    readonly batch: BatchV1Api,
    /** Where a person types commands. */
    readonly folder: string,
    private readonly shell: Shell,
  ) {}

  static async start(cleanup: Cleanup, sloppiness: QuickstartDeviations): Promise<Adoption> {
    const world = await startSandboxEnvironment({ cleanup, ca: "stand-in", progress: () => undefined });
    const { graph, smallstep, authority, cluster, engine } = world;
    const kubeconfig = loadKubeconfig(cluster.kubeconfigPath);
    await kubeconfig.makeApiClient(CoreV1Api).createNamespace({ body: { metadata: { name: namespace } } });
    const made = await followQuickstart(world, sloppiness);
    const settings = {};
    const env = { KUBECONFIG: cluster.kubeconfigPath };
    const stack = await testStack({ dir: world.dir, engine, graph, authority, settings, stackName, env });
    const folder = projectFolder(world);
    for (const name of ["package.json", "node_modules", "cli"]) {
      await symlink(path.join(root, name), path.join(folder, name));
    }
    const shell = new Shell(engine, folder, {
      ...toolEnvironment(world),
      PGPASSWORD: smallstep.folk.deployer.password,
    });
    return new Adoption(world, made, stack, kubeconfig.makeApiClient(BatchV1Api), folder, shell);
  }

  /** All that commands and engine printed. */
  get said(): string[] {
    return [...this.told, ...this.shell.outputs];
  }

  /** The commands of docs/adoption.md, in this world's names. */
  documented(): string[] {
    const { graph, smallstep, authority } = this.world;
    const { folk, team, ca } = smallstep;
    const names: [string, string][] = [
      ["5f0a4ad4-5f0c-4d1c-9a4f-b0a8c0e9a001", graph.tenantId],
      ["7c1d0f52-6a0e-4b70-9d1c-3c1f6f2a7b11", team.authorityId],
      ["https://ssh.acme.ca.smallstep.example.com", `${ca.url} --ca-root-cert ${authority.caFile}`],
      ["folk.example.com", `${folk.host} --database-port ${folk.port} --database-ssl-root-cert ${authority.caFile}`],
      ["--database-username deployer", `--database-username ${folk.deployer.username}`],
    ];
    return commandsIn("docs/adoption.md").map((command) => inOtherNames(command, names));
  }

  /**
   * Types a command; a command that runs the program is carried out by the Automation API, which needs no language host.
   * @throws Error with what it said, when it fails
   */
  async type(command: string): Promise<Operation | undefined> {
    if (/^pulumi preview\b/.test(command)) return this.kept(await this.stack.preview());
    if (/^pulumi up\b/.test(command)) return this.kept(await this.stack.up());
    const password = this.world.smallstep.folk.deployer.password;
    const { code, output } = await this.shell.type(command, command.endsWith("database.password") ? password : "");
    if (code !== 0) throw new Error(`${command} ended with ${code}:\n${output}`);
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
    this.told.push(operation.output, operation.diagnostics);
    return operation;
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
