import { differences, fingerprint, type Fingerprint } from "./fingerprint";
import { recover } from "./recovery";
import { snapshot } from "./tenantSnapshot";
import { deleteObject, objectsOf, type CrashEnvironment } from "./world";

export type KillTarget = "engine" | "plugin" | "program";

export interface Result {
  operation: "up" | "destroy";
  victim: KillTarget;
  /** Which request, from 0, of how many. */
  at: number;
  of: number;
  when: "before" | "after";
  /** The run got so far that something was killed. */
  killed: boolean;
  steps: string[];
  /** Empty: all is as after a run that nobody disturbed. */
  defects: string[];
}

/** A place to begin from, and to come back to after each case. */
export interface Checkpoint {
  restore(): Promise<void>;
}

/** How much of the requests nearly every run makes: looks for what settles differ by a few. */
const commonShare = 0.95;
/** A run that has made fewer requests than that is struck earlier: at most so many times, each by so much of its number. */
const earlier = { times: 3, share: 0.9 };

/**
 * Kills a victim at `points` requests, spread evenly over all that the operation makes; then recovers as documented, and compares the
 * end with that of an undisturbed run.
 */
export async function runCrashCases(
  world: CrashEnvironment,
  operation: "up" | "destroy",
  points: number,
): Promise<Result[]> {
  // A first run makes what all later ones have in common: a token cached nowhere, a stack with a configuration.
  const empty = await station(world, "empty");
  if (operation === "destroy") await runWithoutFault(world, "up");
  const start = operation === "up" ? empty : await station(world, "deployed");
  world.trigger.reset();
  await runWithoutFault(world, operation);
  const requests = world.trigger.seen;
  const wanted = await fingerprint(world);
  // The program does not run in a destroy.
  const victims: KillTarget[] = operation === "up" ? ["engine", "plugin", "program"] : ["engine", "plugin"];
  const results: Result[] = [];
  for (let index = 0; index < points; index++) {
    const at = Math.floor((index * requests * commonShare) / points);
    const victim = victims[index % victims.length] as KillTarget;
    const when = Math.floor(index / victims.length) % 2 === 0 ? "after" : "before";
    const point = { victim, at, of: requests, when } as const;
    await start.restore();
    let result = await crash(world, operation, point, wanted);
    for (let tries = 0; !result.killed && tries < earlier.times; tries++) {
      await start.restore();
      result = await crash(world, operation, { ...point, at: Math.floor(result.at * earlier.share) }, wanted);
    }
    if (!result.killed) result.defects.push("nothing was killed");
    results.push(result);
  }
  return results;
}

async function crash(
  world: CrashEnvironment,
  operation: "up" | "destroy",
  point: Pick<Result, "victim" | "at" | "of" | "when">,
  wanted: Fingerprint,
): Promise<Result> {
  const { engine, trigger, helpers } = world;
  const kill: Record<KillTarget, () => void> = {
    engine: () => {
      if (engine.pid !== undefined) process.kill(engine.pid, "SIGKILL");
      // A plugin ends when its engine does; and the next engine has a program of its own.
      helpers.plugins.get().kill();
      helpers.program.get().kill();
    },
    plugin: () => helpers.plugins.get().kill(),
    program: () => helpers.program.get().kill(),
  };
  let killed = false;
  trigger.arm({
    at: point.at,
    when: point.when,
    killsCaller: point.victim !== "program",
    act: () => {
      killed = true;
      kill[point.victim]();
    },
  });
  const first = operation === "up" ? await engine.up() : await engine.destroy();
  trigger.reset();
  const defects: string[] = [];
  if (killed && point.victim === "engine" && first.code === 0) defects.push("the engine ended well though killed");
  const recovery = await recover(world, operation);
  if (!recovery.ok) defects.push(`it did not recover: ${recovery.output.slice(-2000)}`);
  defects.push(...differences(await fingerprint(world), wanted));
  return { operation, ...point, killed, steps: recovery.steps, defects };
}

async function runWithoutFault(world: CrashEnvironment, operation: "up" | "destroy"): Promise<void> {
  const { code, output } = operation === "up" ? await world.engine.up() : await world.engine.destroy();
  if (code !== 0) throw new Error(`${operation} failed with nothing killed:\n${output}`);
}

/** Keeps the tenant, the database, the cluster and the state as they are now. */
export async function station(world: CrashEnvironment, name: string): Promise<Checkpoint> {
  const { graph, smallstep } = world;
  const tenant = snapshot(graph.state);
  const backend = await world.engine.keep(name);
  const roles = await rolesOf(world);
  const objects = await objectsOf(world);
  return {
    restore: async () => {
      tenant();
      await backend();
      for (const role of await rolesOf(world)) await smallstep.query(`drop owned by ${role}; drop role ${role}`);
      for (const role of roles) {
        // As the one who deploys: only who has made a role may drop it.
        const grants = `grant select (slug, ssh_directory_id), update (ssh_directory_id) on teams to ${role}`;
        const create = `create role ${role} login connection limit 5; ${grants}`;
        await smallstep.query(`set role ${smallstep.folk.deployer.username}; ${create}; reset role`);
      }
      await replaceObjects(world, objects);
    },
  };
}

/** The Jobs' roles, quoted. */
async function rolesOf({ smallstep }: CrashEnvironment): Promise<string[]> {
  const rows = await smallstep.query<{ name: string }>(
    "select quote_ident(rolname) as name from pg_roles where rolname like 'registration-%'",
  );
  return rows.map(({ name }) => name);
}

async function replaceObjects(world: CrashEnvironment, wanted: Awaited<ReturnType<typeof objectsOf>>): Promise<void> {
  const { core, batch, namespace } = world;
  for (const { kind, metadata } of await objectsOf(world)) await deleteObject(world, kind, metadata?.name ?? "");
  for (const { kind, metadata, ...rest } of wanted) {
    const { name, annotations, labels } = metadata ?? {};
    const fresh = { metadata: { name, ...(annotations && { annotations }), ...(labels && { labels }) } };
    const body = { ...rest, ...fresh } as never;
    if (kind === "Secret") await core.createNamespacedSecret({ namespace, body });
    else if (kind === "ConfigMap") await core.createNamespacedConfigMap({ namespace, body });
    else await batch.createNamespacedJob({ namespace, body: jobBody(body) });
  }
}

/** A Job without what the server chose for it, which it takes from nobody. */
function jobBody(job: { spec: { selector?: unknown; template: { metadata?: unknown } }; status?: unknown }): never {
  const { selector: _selector, template, ...spec } = job.spec;
  const { metadata: _metadata, ...pod } = template;
  const { status: _status, ...rest } = job;
  return { ...rest, spec: { ...spec, template: pod } } as never;
}
