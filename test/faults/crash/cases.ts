import { differences, fingerprint, type Fingerprint } from "./fingerprint";
import { recover } from "./recovery";
import { snapshot } from "./tenantSnapshot";
import { deleteObject, objectsOf, type CrashEnvironment } from "./environment";

export type Operation = "up" | "destroy";
export type KillTarget = "engine" | "plugin" | "program";

export interface Result {
  operation: Operation;
  target: KillTarget;
  /** Index of the request at which the process is killed, from 0, and the number of requests. */
  at: number;
  of: number;
  when: "before" | "after";
  /** Whether the run reached that request, so that the process was killed. */
  killed: boolean;
  steps: string[];
  /** Empty if the final state equals that of a run without a kill. */
  defects: string[];
}

/** A saved state from which each case starts. */
export interface Checkpoint {
  restore(): Promise<void>;
}

/** Share of the requests that nearly every run sends. The number of polling requests varies. */
const commonShare = 0.95;
/**
 * A run that ends before the kill point is retried with an earlier point: at most `times` times, each time at `share`
 * of the previous index.
 */
const earlier = { times: 3, share: 0.9 };

/** Returns the processes that an operation uses. A destroy does not run the program. */
export function targetsOf(operation: Operation): KillTarget[] {
  return operation === "up" ? ["engine", "plugin", "program"] : ["engine", "plugin"];
}

/**
 * Kills a process at the chosen ones of `points` requests, which are spread evenly over all requests of the operation.
 * After each kill, follows the documented recovery steps and compares the final state with that of a run without a kill.
 */
export async function runCrashCases(
  environment: CrashEnvironment,
  operation: Operation,
  points: number,
  chosen: readonly number[],
): Promise<Result[]> {
  // The first run creates what all later runs share, such as the configured stack.
  const empty = await station(environment, "empty");
  if (operation === "destroy") await runWithoutFault(environment, "up");
  const start = operation === "up" ? empty : await station(environment, "deployed");
  environment.trigger.reset();
  await runWithoutFault(environment, operation);
  const requests = environment.trigger.seen;
  const wanted = await fingerprint(environment);
  const targets = targetsOf(operation);
  const results: Result[] = [];
  for (const index of chosen) {
    const at = Math.floor((index * requests * commonShare) / points);
    const target = targets[index % targets.length] as KillTarget;
    const when = Math.floor(index / targets.length) % 2 === 0 ? "after" : "before";
    const point = { target, at, of: requests, when } as const;
    await start.restore();
    let result = await crash(environment, operation, point, wanted);
    for (let tries = 0; !result.killed && tries < earlier.times; tries++) {
      await start.restore();
      result = await crash(environment, operation, { ...point, at: Math.floor(result.at * earlier.share) }, wanted);
    }
    if (!result.killed) result.defects.push("nothing was killed");
    results.push(result);
  }
  return results;
}

async function crash(
  environment: CrashEnvironment,
  operation: Operation,
  point: Pick<Result, "target" | "at" | "of" | "when">,
  wanted: Fingerprint,
): Promise<Result> {
  const { engine, trigger, helpers } = environment;
  const kill: Record<KillTarget, () => void> = {
    engine: () => {
      if (engine.pid !== undefined) process.kill(engine.pid, "SIGKILL");
      // Plugins exit with their engine, and the next engine starts its own program.
      helpers.plugins.get().kill();
      if (operation === "up") helpers.program.get().kill();
    },
    plugin: () => helpers.plugins.get().kill(),
    program: () => helpers.program.get().kill(),
  };
  let killed = false;
  trigger.arm({
    at: point.at,
    when: point.when,
    killsCaller: point.target !== "program",
    act: () => {
      killed = true;
      kill[point.target]();
    },
  });
  const first = operation === "up" ? await engine.up() : await engine.destroy();
  trigger.reset();
  const defects: string[] = [];
  if (killed && point.target === "engine" && first.code === 0)
    defects.push("the engine exited with code 0 although it was killed");
  const recovery = await recover(environment, operation);
  if (!recovery.ok) defects.push(`recovery failed: ${recovery.output.slice(-2000)}`);
  defects.push(...differences(await fingerprint(environment), wanted));
  return { operation, ...point, killed, steps: recovery.steps, defects };
}

async function runWithoutFault(environment: CrashEnvironment, operation: Operation): Promise<void> {
  const { code, output } = operation === "up" ? await environment.engine.up() : await environment.engine.destroy();
  if (code !== 0) throw new Error(`${operation} failed although no process was killed:\n${output}`);
}

/** Saves the current tenant, database roles, cluster objects and Pulumi state. */
export async function station(environment: CrashEnvironment, name: string): Promise<Checkpoint> {
  const { graph, smallstep } = environment;
  const tenant = snapshot(graph.state);
  const backend = await environment.engine.keep(name);
  const roles = await rolesOf(environment);
  const objects = await objectsOf(environment);
  return {
    restore: async () => {
      tenant();
      await backend();
      for (const role of await rolesOf(environment)) await smallstep.query(`drop owned by ${role}; drop role ${role}`);
      for (const role of roles) {
        // Create the role as the deployer, because only the creator of a role may drop it.
        const grants = `grant select (slug, ssh_directory_id), update (ssh_directory_id) on teams to ${role}`;
        const create = `create role ${role} login connection limit 5; ${grants}`;
        await smallstep.query(`set role ${smallstep.database.deployer.username}; ${create}; reset role`);
      }
      await replaceObjects(environment, objects);
    },
  };
}

/** Returns the quoted names of the Jobs' database roles. */
async function rolesOf({ smallstep }: CrashEnvironment): Promise<string[]> {
  const rows = await smallstep.query<{ name: string }>(
    "select quote_ident(rolname) as name from pg_roles where rolname like 'registration-%'",
  );
  return rows.map(({ name }) => name);
}

async function replaceObjects(
  environment: CrashEnvironment,
  wanted: Awaited<ReturnType<typeof objectsOf>>,
): Promise<void> {
  const { core, batch, namespace } = environment;
  for (const { kind, metadata } of await objectsOf(environment))
    await deleteObject(environment, kind, metadata?.name ?? "");
  for (const { kind, metadata, ...rest } of wanted) {
    const { name, annotations, labels } = metadata ?? {};
    const fresh = { metadata: { name, ...(annotations && { annotations }), ...(labels && { labels }) } };
    const body = { ...rest, ...fresh } as never;
    if (kind === "Secret") await core.createNamespacedSecret({ namespace, body });
    else if (kind === "ConfigMap") await core.createNamespacedConfigMap({ namespace, body });
    else await batch.createNamespacedJob({ namespace, body: jobBody(body) });
  }
}

/** Removes the fields that the server generates for a Job and rejects in a request. */
export function jobBody(job: {
  spec: { selector?: unknown; template: { metadata?: { annotations?: unknown } } };
  status?: unknown;
}): never {
  const { selector: _selector, template, ...spec } = job.spec;
  const { metadata, ...pod } = template;
  const { status: _status, ...rest } = job;
  return {
    ...rest,
    spec: { ...spec, template: { ...pod, metadata: { annotations: metadata?.annotations } } },
  } as never;
}
