import { presets } from "../../../mappings/presets";
import type { JobRecord, ObjectMapping } from "../../graph/synchronization/types";
import type { Run } from "../scenario";

/** The directory of a team, as folk has it. */
export async function directoryOf(run: Run, slug: string): Promise<string | null> {
  const rows = await run.world.smallstep.query("select ssh_directory_id::text as id from teams where slug = $1", [
    slug,
  ]);
  return (rows[0] as { id: string | null } | undefined)?.id ?? null;
}

export function ourDirectory(run: Run): Promise<string | null> {
  return directoryOf(run, run.world.smallstep.team.slug);
}

/** The one synchronization job of the tenant. */
export function onlySyncJob({ world }: Run): JobRecord {
  const [record, ...others] = world.graph.state.jobs.values();
  if (record === undefined || others.length > 0) throw new Error(`wanted one synchronization job`);
  return record;
}

export function userMapping(record: JobRecord): ObjectMapping {
  const found = record.schema.synchronizationRules
    .flatMap((rule) => rule.objectMappings)
    .find((mapping) => mapping.sourceObjectName === "User");
  if (found === undefined) throw new Error("the schema maps no users");
  return found;
}

export const userNameExpression = presets["upn-local-part"].expression;

/** The Job of the registration that was made last, once it has ended. */
export async function waitForJob(run: Run, name: string, seconds = 60): Promise<"Complete" | "Failed" | "running"> {
  return until(seconds, "running" as const, async () => {
    const job = await run.batch.readNamespacedJob({ name, namespace: "smallstep" });
    const ended = job.status?.conditions?.find(
      ({ type, status }) => status === "True" && /^(Complete|Failed)$/.test(type),
    );
    return ended?.type as "Complete" | "Failed" | undefined;
  });
}

/** Looks until there is an answer; `otherwise` when there is none in time. */
export async function until<T, O>(seconds: number, otherwise: O, look: () => Promise<T | undefined>): Promise<T | O> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) return otherwise;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

export async function output(run: Run, name: string): Promise<unknown> {
  return (await run.stack.outputs())[name]?.value as unknown;
}
