import { cp } from "node:fs/promises";
import path from "node:path";
import type { ConfigMap } from "@pulumi/pulumi/automation";
import { equivalent, presets, sourceExpression } from "entra-mappings";
import { graphPermissions } from "entra-emulator";
import { TestClient } from "entra-emulator/testing";
import { type Cluster, type Engine, type PodRunner, projectName, startPodRunner } from "@smallstep-ssh/sandbox";
import { deleteObject, objectsOf, startCrashEnvironment, type CrashEnvironment } from "../../faults/crash/environment";
import { jobBody } from "../../faults/crash/cases";
import type { Ended } from "../../faults/crash/engine";
import { snapshot } from "../../faults/crash/tenantSnapshot";
import { login } from "../probes";

/** A custom resource in the state. */
export interface Deployed {
  urn: string;
  type: string;
  id: string;
}

/** A deployed stack whose users can log in, and which can be restored after each operation. */
export class DeployedStack {
  private constructor(
    readonly environment: CrashEnvironment,
    private readonly runner: PodRunner,
    private readonly administrator: TestClient,
  ) {}

  static async start(engine: Engine, cluster: Cluster, namespace: string): Promise<DeployedStack> {
    const environment = await startCrashEnvironment(engine, cluster, namespace, (settings) => ({
      ...settings,
      cutover: { userWaitTimeoutMinutes: 10, minimumUsers: 1 },
    }));
    const { smallstep, graph } = environment;
    const runner = await startPodRunner({
      kubeconfigPath: cluster.kubeconfigPath,
      dir: path.join(environment.dir, "pods"),
      images: (image) => {
        if (image.includes("admin-tools")) return smallstep.image;
        return /(^|\/)node:/.test(image) ? { path: [path.dirname(process.execPath)], env: {} } : undefined;
      },
    });
    const client = graph.addClient({ permissions: Object.keys(graphPermissions), displayName: "Administrator" });
    const administrator = new TestClient(graph, environment.authority.caPem, client);
    const deployed = new DeployedStack(environment, runner, administrator);
    deployed.succeeded(await environment.engine.up());
    graph.state.addMembers(graph.state.groupByName("ssh").id, ["ada.lovelace@corp.com", "bill.gates@corp.com"]);
    await graph.runCycle();
    await deployed.waitForJobs();
    return deployed;
  }

  async close(): Promise<void> {
    await this.runner.close();
    await this.environment.close();
  }

  succeeded({ code, output }: Ended): void {
    if (code !== 0) throw new Error(output);
  }

  /** Sets settings of the stack by their paths. */
  set(settings: Record<string, string>): Promise<void> {
    const entries = Object.entries(settings).map(([path, value]) => [`${projectName}:${path}`, { value }]);
    return this.environment.stack.setConfig(Object.fromEntries(entries) as ConfigMap);
  }

  async resources(): Promise<Deployed[]> {
    const { resources = [] } = await this.environment.engine.state();
    return resources
      .filter(({ type, id }) => id !== undefined && !type.startsWith("pulumi:"))
      .map(({ urn, type, id = "" }) => ({ urn, type, id }));
  }

  /** Calls Graph as an administrator does in the portal. */
  async graph(method: "DELETE" | "PATCH" | "POST" | "PUT", to: string, body?: object): Promise<void> {
    const { status, body: answer } = await this.administrator.call(method, `/v1.0${to}`, body);
    if (status >= 300) throw new Error(`${method} ${to}: ${status} ${JSON.stringify(answer)}`);
  }

  /** Waits until every Job has ended. */
  async waitForJobs(): Promise<void> {
    const { batch, namespace } = this.environment;
    for (let tries = 0; tries < 400; tries++) {
      const { items } = await batch.listNamespacedJob({ namespace });
      if (items.every(({ status }) => status?.conditions?.some(({ type }) => /^(Complete|Failed)$/.test(type)))) return;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    throw new Error("A Job does not end.");
  }

  /** Returns what is wrong for users: names, provisioning, logins. */
  async defects(): Promise<string[]> {
    const { graph, smallstep } = this.environment;
    const { state } = graph;
    const found: string[] = [];
    const expect = (what: string, actual: unknown, wanted: unknown) => {
      if (actual !== wanted) found.push(`${what}: ${String(actual)}, expected ${String(wanted)}`);
    };
    await this.waitForJobs();
    const jobs = await this.environment.batch.listNamespacedJob({ namespace: this.environment.namespace });
    const failed = jobs.items.filter(({ status }) => status?.conditions?.some(({ type }) => type === "Failed"));
    expect("failed Jobs", failed.map(({ metadata }) => metadata?.name).join(), "");
    const [record, ...others] = state.jobs.values();
    expect("synchronization jobs", [record, ...others].length, 1);
    if (record === undefined) return ["no synchronization job"];
    expect("schedule", record.job.schedule.state, "Active");
    expect("status", record.job.status.code, record.job.status.code === "NotRun" ? "NotRun" : "Active");
    const mapping = record.schema.synchronizationRules
      .flatMap((rule) => rule.objectMappings.filter(({ sourceObjectName }) => sourceObjectName === "User"))
      .flatMap(({ attributeMappings }) => attributeMappings);
    const userName = mapping.find(({ targetAttributeName }) => targetAttributeName === "userName");
    const expression = sourceExpression(userName?.source ?? {});
    expect("userName as declared", equivalent(expression, presets["upn-local-part"].expression), true);
    expect("mappings", mapping.length, 6);
    const secrets = state.syncSecrets.get(record.servicePrincipalId) ?? [];
    expect("saved token", secrets.find(({ key }) => key === "SecretToken")?.value, smallstep.directory.token);
    const assigned = [...state.assignments.values()]
      .filter(({ resourceId }) => resourceId === record.servicePrincipalId)
      .map(({ principalDisplayName }) => principalDisplayName)
      .sort();
    expect("assigned groups", assigned.join(), "platform-ssh,ssh,sudo");
    const ssh = [...state.groups.values()].filter(({ displayName }) => displayName === "ssh");
    expect("groups named ssh", ssh.length, 1);
    expect("members of ssh", state.members.targets(ssh[0]?.id ?? "").length, 2);
    const place = { graph, smallstep, authority: this.environment.authority };
    expect("login", await login(place, "azuread"), undefined);
    const [team] = await smallstep.query<{ id: string }>(
      "select ssh_directory_id::text as id from teams where slug = $1",
      [smallstep.team.slug],
    );
    expect("directory", team?.id, smallstep.directory.id);
    return found;
  }

  /** Saves everything that an operation can change. */
  async save(): Promise<() => Promise<void>> {
    const { graph, smallstep, engine, dir } = this.environment;
    const tenant = snapshot(graph.state);
    const backend = await engine.keep("deployed");
    const { stackName } = engine;
    const project = path.join(dir, "project");
    const settings = path.join(project, `Pulumi.${stackName}.yaml`);
    await cp(settings, `${settings}.kept`);
    const objects = await objectsOf(this.environment);
    const provisioners = await smallstep.ca.provisioners();
    const teams = await smallstep.query<{ slug: string; directory: string | null }>(
      "select slug, ssh_directory_id::text as directory from teams",
    );
    const roles = await this.roles();
    return async () => {
      await this.waitForJobs().catch(() => undefined);
      tenant();
      await backend();
      engine.stackName = stackName;
      await cp(`${settings}.kept`, settings);
      for (const { name } of await smallstep.ca.provisioners()) await smallstep.ca.remove(name);
      for (const one of provisioners) await smallstep.ca.add(one);
      for (const { slug, directory } of teams) {
        await smallstep.query("update teams set ssh_directory_id = $1 where slug = $2", [directory, slug]);
      }
      for (const { name } of await this.roles()) await smallstep.query(`drop owned by ${name}; drop role ${name}`);
      for (const { name, password } of roles) {
        const grants = `grant select (slug, ssh_directory_id), update (ssh_directory_id) on teams to ${name}`;
        const deployer = `set role ${smallstep.database.deployer.username}`;
        await smallstep.query(`${deployer}; create role ${name} login connection limit 5; ${grants}; reset role`);
        await smallstep.query(`alter role ${name} password '${password}'`);
      }
      // A restored Job runs again, so the objects follow what it reads.
      await this.restoreObjects(objects);
    };
  }

  private roles() {
    return this.environment.smallstep.query<{ name: string; password: string }>(
      "select quote_ident(rolname) as name, rolpassword as password from pg_authid where rolname like 'registration-%'",
    );
  }

  /** Replaces the objects that differ. An unchanged Job does not run again. */
  private async restoreObjects(wanted: Awaited<ReturnType<typeof objectsOf>>): Promise<void> {
    const { core, batch, namespace } = this.environment;
    const version = ({ metadata }: (typeof wanted)[number]) => `${metadata?.uid}/${metadata?.resourceVersion}`;
    const present = await objectsOf(this.environment);
    const kept = new Set(present.map(version).filter((one) => wanted.some((other) => version(other) === one)));
    for (const object of present) {
      if (!kept.has(version(object))) await deleteObject(this.environment, object.kind, object.metadata?.name ?? "");
    }
    for (const object of wanted.filter((one) => !kept.has(version(one)))) {
      const { kind, metadata, ...rest } = object;
      const { name, annotations, labels } = metadata ?? {};
      const body = { ...rest, metadata: { name, annotations, labels } } as never;
      if (kind === "Secret") await core.createNamespacedSecret({ namespace, body });
      else if (kind === "ConfigMap") await core.createNamespacedConfigMap({ namespace, body });
      else await batch.createNamespacedJob({ namespace, body: jobBody(body) });
    }
    await this.waitForJobs();
  }
}
