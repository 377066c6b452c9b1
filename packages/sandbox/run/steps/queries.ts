import { presets } from "entra-mappings";
import type { AttributeMapping, JobRecord, ObjectMapping, SynchronizationSchema } from "entra-emulator";
import type { Run } from "../run";

/** Returns the directory of a team in folk, or null if the team uses none. */
async function directoryOf({ smallstep }: Run, slug: string): Promise<string | null> {
  const sql = "select ssh_directory_id::text as id from teams where slug = $1";
  const [row] = await smallstep.query<{ id: string | null }>(sql, [slug]);
  return row?.id ?? null;
}

export function ourDirectory(run: Run): Promise<string | null> {
  return directoryOf(run, run.smallstep.team.slug);
}

/** Returns the tenant's only synchronization job. @throws Error if there is none or more than one */
export function onlySyncJob({ graph }: Run): JobRecord {
  const [record, ...others] = graph.state.jobs.values();
  if (record === undefined || others.length > 0) throw new Error(`expected exactly one synchronization job`);
  return record;
}

export function userMapping(schema: SynchronizationSchema): ObjectMapping {
  const found = schema.synchronizationRules
    .flatMap((rule) => rule.objectMappings)
    .find((mapping) => mapping.sourceObjectName === "User");
  if (found === undefined) throw new Error("the schema has no object mapping for users");
  return found;
}

/** Returns the current mapping of userName. */
export function userNameMapping(run: Run): AttributeMapping {
  const { attributeMappings } = userMapping(onlySyncJob(run).schema);
  const found = attributeMappings.find(({ targetAttributeName }) => targetAttributeName === "userName");
  if (found === undefined) throw new Error("userName is not mapped");
  return found;
}

/** Returns a function that lists the requests since this call that write to Graph. */
export function recordWrites({ graph }: Run): () => string[] {
  const before = graph.requests.all().length;
  return () =>
    graph.requests
      .all()
      .slice(before)
      .filter(({ method, path }) => method !== "GET" && !path.endsWith("/token"))
      .map(({ method, path }) => `${method} ${path}`);
}

/** Checks that the other team still uses its directory. */
export async function checkOtherTeam(run: Run): Promise<void> {
  const { slug, directoryId } = run.smallstep.otherTeam;
  run.checks.equal("the other team is unchanged", await directoryOf(run, slug), directoryId);
}

export const userNameExpression = presets["upn-local-part"].expression;

/** Waits until the Job `name` has ended. Returns its condition, or "running" after `seconds` seconds. */
export async function waitForJob(run: Run, name: string, seconds = 60): Promise<"Complete" | "Failed" | "running"> {
  return until(seconds, "running" as const, async () => {
    const job = await run.batch.readNamespacedJob({ name, namespace: "smallstep" });
    const ended = job.status?.conditions?.find(
      ({ type, status }) => status === "True" && /^(Complete|Failed)$/.test(type),
    );
    return ended?.type as "Complete" | "Failed" | undefined;
  });
}

/** Polls until there is a value. Returns `otherwise` after `seconds` seconds. */
export async function until<T, O>(seconds: number, fallback: O, poll: () => Promise<T | undefined>): Promise<T | O> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const found = await poll();
    if (found !== undefined) return found;
    if (Date.now() > deadline) return fallback;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

export async function output(run: Run, name: string): Promise<unknown> {
  return (await run.stack.outputs())[name]?.value as unknown;
}
