import { symlink } from "node:fs/promises";
import path from "node:path";
import { BatchV1Api, CoreV1Api } from "@kubernetes/client-node";
import {
  followQuickstart,
  type ManualSetup,
  type QuickstartDeviations,
  loadKubeconfig,
  type Cleanup,
  projectFolder,
  toolEnvironment,
  namespace,
  Shell,
  type Operation,
  type SandboxStack,
  until,
  startSandboxEnvironment,
  type SandboxEnvironment,
} from "@smallstep-ssh/sandbox";
import { commandsIn, inOtherNames } from "../documentation/commands";
import { attachedPlugins, setupEnvironment, testStack } from "./stack";

const root = path.join(__dirname, "../..");
/** Stack name in docs/adoption.md. */
const stackName = "live";

/** An environment with a manual quickstart setup, and a project folder whose stack imports it. */
export class Adoption {
  /** All output of the engine. */
  private readonly engineOutput: string[] = [];

  private constructor(
    readonly environment: SandboxEnvironment,
    readonly made: ManualSetup,
    readonly stack: SandboxStack,
    readonly batch: BatchV1Api,
    /** Working directory of the typed commands. */
    readonly folder: string,
    private readonly shell: Shell,
  ) {}

  static async start(cleanup: Cleanup, deviations: QuickstartDeviations): Promise<Adoption> {
    const environment = await startSandboxEnvironment({ cleanup, ca: "stand-in", progress: () => undefined });
    const { graph, smallstep, authority, cluster, engine } = environment;
    const kubeconfig = loadKubeconfig(cluster.kubeconfigPath);
    await kubeconfig.makeApiClient(CoreV1Api).createNamespace({ body: { metadata: { name: namespace } } });
    const made = await followQuickstart(environment, deviations);
    const settings = {};
    const env = { KUBECONFIG: cluster.kubeconfigPath };
    const stack = await testStack({ dir: environment.dir, engine, graph, authority, settings, stackName, env });
    const folder = projectFolder(environment);
    for (const name of ["package.json", "node_modules", "packages"]) {
      await symlink(path.join(root, name), path.join(folder, name));
    }
    const shellEnv = {
      ...setupEnvironment(),
      ...toolEnvironment(environment),
      PGPASSWORD: smallstep.database.deployer.password,
    };
    const shell = new Shell(engine, folder, { ...shellEnv, ...(await attachedPlugins(shellEnv)) });
    return new Adoption(environment, made, stack, kubeconfig.makeApiClient(BatchV1Api), folder, shell);
  }

  /** All output of the commands and the engine. */
  get output(): string[] {
    return [...this.engineOutput, ...this.shell.outputs];
  }

  /** Returns the commands of docs/adoption.md with the names of this environment. */
  documented(): string[] {
    const { graph, smallstep, authority } = this.environment;
    const { database, team, ca } = smallstep;
    const names: [string, string][] = [
      ["5f0a4ad4-5f0c-4d1c-9a4f-b0a8c0e9a001", graph.tenantId],
      ["7c1d0f52-6a0e-4b70-9d1c-3c1f6f2a7b11", team.authorityId],
      ["https://ssh.acme.ca.smallstep.example.com", `${ca.url} --ca-root-cert ${authority.caFile}`],
      [
        "folk.example.com",
        `${database.host} --database-port ${database.port} --database-ssl-root-cert ${authority.caFile}`,
      ],
      ["--database-username deployer", `--database-username ${database.deployer.username}`],
    ];
    return commandsIn("docs/adoption.md").map((command) => inOtherNames(command, names));
  }

  /** Returns the commands that the last command proposes under "Next:". */
  printed(): string[] {
    const [, next = ""] = (this.shell.outputs.at(-1) ?? "").split("\nNext:\n");
    return next.split("\n").flatMap((line) => /^ {2}([^ #].*)$/.exec(line)?.[1] ?? []);
  }

  /**
   * Runs a command. The Automation API runs `pulumi preview` and `pulumi up`, because it needs no language host.
   * @throws Error with the output when the command fails
   */
  async type(command: string): Promise<Operation | undefined> {
    if (/^pulumi preview\b/.test(command)) return this.kept(await this.stack.preview());
    if (/^pulumi up\b/.test(command)) return this.kept(await this.stack.up());
    const password = this.environment.smallstep.database.deployer.password;
    const { code, output } = await this.shell.type(command, command.endsWith("database.password") ? password : "");
    if (code !== 0) throw new Error(`${command} exited with code ${code}:\n${output}`);
    return undefined;
  }

  /** Waits for the end of the registration Job and returns its condition, or "running" after a minute. */
  async waitForJob(): Promise<string> {
    const name = String((await this.stack.outputs())["registrationJob"]?.value);
    return until(60, "running", async () => {
      const job = await this.batch.readNamespacedJob({ name, namespace });
      return job.status?.conditions?.find(({ type, status }) => status === "True" && /^(Complete|Failed)$/.test(type))
        ?.type;
    });
  }

  private kept(operation: Operation): Operation {
    this.engineOutput.push(operation.output, operation.diagnostics);
    return operation;
  }
}

/** Returns the distinct steps of a preview: the created resources, and the other steps with the changed properties. */
export function stepsOf(operation: Operation): { created: string[]; others: Record<string, string[]> } {
  const own = operation.steps.filter(({ type }) => !/^pulumi:(providers|pulumi):/.test(type));
  const name = ({ type, name }: Operation["steps"][number]) => `${type} ${name}`;
  const created = new Set(own.filter(({ op }) => op === "create").map(name));
  const others = own.filter(({ op }) => op !== "create").map((step) => [`${step.op} ${name(step)}`, step.diffs.sort()]);
  return { created: [...created].sort(), others: Object.fromEntries(others) as Record<string, string[]> };
}
