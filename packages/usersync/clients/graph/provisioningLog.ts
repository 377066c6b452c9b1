import type { PeopleWriter } from "entra-mappings";
import * as z from "zod/mini";
import type { GraphClient } from "./client";
import { eq, listPages, where } from "./collections";

/** Application permissions to read the provisioning log. Either one is enough. */
export const PROVISIONING_LOG_PERMISSION = "ProvisioningLog.Read.All or AuditLog.Read.All";

const text = z.nullish(z.string());
const errorInformation = z.object({ errorCode: text, reason: text, additionalDetails: text });
/** Subset of Graph's `provisioningObjectSummary`. */
const summary = z.object({
  activityDateTime: text,
  provisioningStatusInfo: z.nullish(z.object({ status: text, errorInformation: z.nullish(errorInformation) })),
  sourceIdentity: z.nullish(z.object({ id: text, displayName: text, identityType: text })),
});
type Summary = z.infer<typeof summary>;

/** User or group whose latest export failed. */
export interface ProvisioningFailure {
  /** Object id. Empty if people are counted only; a pseudonym if people have pseudonyms. */
  id: string;
  /** Name in the log: a display name or a principal name. Like the id for users of which no name is shown. */
  name: string;
  /** `User` or `Group`. */
  type: string;
  /** Time of the failure in ISO 8601. */
  time: string;
  code: string;
  /** The service's text. Empty if people are not named, because it may quote them. */
  reason: string;
}

/** Maximum number of pages to read: the log of a large tenant has millions of lines. */
const mostPages = 20;

/**
 * Lists the objects of a job whose latest event in the provisioning log since a time is a failure, newest first.
 * @param jobId without its path: `scim.1234...`
 * @returns `complete` is false if the log has more pages than this function reads
 * @throws GraphError
 */
export async function provisioningFailures(
  graph: GraphClient,
  jobId: string,
  since: Date,
): Promise<{ failures: ProvisioningFailure[]; complete: boolean }> {
  const filter = where(eq("jobId", jobId), `activityDateTime ge ${since.toISOString()}`);
  const newest = new Map<string, { time: string; failure?: ProvisioningFailure }>();
  const call = {
    path: `/auditLogs/provisioning?${filter}&$top=500`,
    operation: "read the provisioning log",
    permission: PROVISIONING_LOG_PERMISSION,
  };
  let pages = 0;
  let complete = true;
  for await (const lines of listPages(graph, call, summary)) {
    complete = ++pages <= mostPages;
    if (!complete) break;
    for (const line of lines) {
      const id = line.sourceIdentity?.id ?? "";
      const time = line.activityDateTime ?? "";
      if (id === "" || (newest.get(id)?.time ?? "") >= time) continue;
      const failed = line.provisioningStatusInfo?.status?.toLowerCase() === "failure";
      newest.set(id, { time, failure: failed ? failureOf(line, id, time, graph.people) : undefined });
    }
  }
  const failures = [...newest.values()].flatMap(({ failure }) => failure ?? []);
  return { failures: failures.sort((a, b) => (a.time < b.time ? 1 : -1)), complete };
}

function failureOf(line: Summary, id: string, time: string, people: PeopleWriter): ProvisioningFailure {
  const { errorCode, reason, additionalDetails } = line.provisioningStatusInfo?.errorInformation ?? {};
  const { displayName, identityType } = line.sourceIdentity ?? {};
  const failure = { type: identityType ?? "", time, code: errorCode ?? "" };
  const why = people.quote(reason || additionalDetails || "", "");
  // Every object but a group may be a person.
  if (people.mode === "names" || failure.type.toLowerCase() === "group") {
    return { ...failure, id, name: displayName ?? id, reason: why };
  }
  const pseudonym = people.lists ? people.user({ id }) : "";
  return { ...failure, id: pseudonym, name: pseudonym, reason: why };
}
