import { objectsOf, type CrashEnvironment } from "./environment";

/** A summary of a deployment without the ids that differ between deployments. */
export interface Fingerprint {
  /** One name per object, so that duplicates show. */
  applications: string[];
  servicePrincipals: string[];
  groups: string[];
  clientSecrets: string[];
  assignments: string[];
  jobs: string[];
  credentials: string[];
  mappings: string[];
  roles: unknown[];
  objects: string[];
  /** URNs of the state's resources. */
  state: string[];
  pending: string[];
}

export async function fingerprint(environment: CrashEnvironment): Promise<Fingerprint> {
  const { graph, smallstep } = environment;
  const { state } = graph;
  const latest = await environment.engine.state();
  const all = <T>(map: ReadonlyMap<string, T>): T[] => [...map.values()];
  const names = (values: { displayName: string | null }[]) =>
    values.map(({ displayName }) => String(displayName)).sort();
  const grants = await smallstep.query(
    `select grantee, privilege_type, column_name from information_schema.column_privileges
     where grantee like 'registration-%' order by 1, 2, 3`,
  );
  return {
    applications: names(all(state.applications)),
    servicePrincipals: names(all(state.servicePrincipals)),
    groups: names(all(state.groups)),
    clientSecrets: all(state.applications).flatMap((one) =>
      one.passwordCredentials.map(() => `${one.displayName} has a secret`),
    ),
    assignments: all(state.assignments)
      .map((one) => `${one.principalDisplayName} in ${one.resourceDisplayName}`)
      .sort(),
    jobs: all(state.jobs).map(({ job }) => `${job.templateId} ${job.schedule.state}`),
    credentials: all(state.syncSecrets).map((list) => list.map(({ key }) => key).join(",")),
    mappings: all(state.jobs).flatMap(({ schema }) =>
      schema.synchronizationRules.flatMap((rule) =>
        rule.objectMappings.flatMap((object) =>
          object.attributeMappings.map((one) => `${one.targetAttributeName} = ${one.source?.expression}`),
        ),
      ),
    ),
    roles: [...(await smallstep.query("select rolname from pg_roles where rolname like 'registration-%'")), ...grants],
    // The Job's generation is removed: a refresh before the Job completes reports its effects as missing, and the next
    // `up` runs it again.
    objects: (await objectsOf(environment))
      .map(({ kind, metadata }) => `${kind} ${kind === "Job" ? metadata?.name?.replace(/-\d+$/, "") : metadata?.name}`)
      .sort(),
    state: (latest.resources ?? []).map(({ urn }) => urn).sort(),
    pending: (latest.pending_operations ?? []).map(({ type, resource }) => `${type} ${resource.urn}`),
  };
}

/** Reports unexpected and missing entries. */
export function differences(is: Fingerprint, wanted: Fingerprint): string[] {
  return (Object.keys(wanted) as (keyof Fingerprint)[]).flatMap((key) => {
    const [have, want] = [is[key], wanted[key]].map((list) => list.map((one) => JSON.stringify(one)));
    const extra = without(have ?? [], want ?? []).map((one) => `${key}: ${one} is unexpected`);
    const missing = without(want ?? [], have ?? []).map((one) => `${key}: ${one} is missing`);
    return [...extra, ...missing];
  });
}

function without(list: readonly string[], taken: readonly string[]): string[] {
  const left = [...list];
  for (const one of taken) {
    const index = left.indexOf(one);
    if (index >= 0) left.splice(index, 1);
  }
  return left;
}
