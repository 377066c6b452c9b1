import type { GraphClient } from "./client";
import { eq, where } from "./collections";

/** Application permissions to read the provisioning log. Either one is enough. */
export const PROVISIONING_LOG_PERMISSION = "ProvisioningLog.Read.All or AuditLog.Read.All";

/** Subset of Graph's `provisioningObjectSummary`. */
interface Summary {
  activityDateTime?: string | null;
  provisioningAction?: string | null;
  provisioningStatusInfo?: {
    status?: string | null;
    errorInformation?: { errorCode?: string | null; reason?: string | null; additionalDetails?: string | null } | null;
  } | null;
  sourceIdentity?: { id?: string | null; displayName?: string | null; identityType?: string | null } | null;
}

/** User or group whose latest export failed. */
export interface ProvisioningFailure {
  /** Object id. */
  id: string;
  /** Name in the log: a display name or a principal name. */
  name: string;
  /** `User` or `Group`. */
  type: string;
  /** Time of the failure in ISO 8601. */
  time: string;
  code: string;
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
  signal?: AbortSignal,
): Promise<{ failures: ProvisioningFailure[]; complete: boolean }> {
  const filter = where(eq("jobId", jobId), `activityDateTime ge ${since.toISOString()}`);
  const newest = new Map<string, { time: string; failure?: ProvisioningFailure }>();
  let path: string | undefined = `/auditLogs/provisioning?${filter}&$top=500`;
  for (let page = 0; path !== undefined && page < mostPages; page++) {
    const answer = (await graph.request({
      method: "GET",
      path,
      operation: "read the provisioning log",
      permission: PROVISIONING_LOG_PERMISSION,
      ...(signal ? { signal } : {}),
    })) as { value?: Summary[]; "@odata.nextLink"?: string } | undefined;
    for (const line of answer?.value ?? []) {
      const id = line.sourceIdentity?.id ?? "";
      const time = line.activityDateTime ?? "";
      if (id === "" || (newest.get(id)?.time ?? "") >= time) continue;
      const failed = line.provisioningStatusInfo?.status?.toLowerCase() === "failure";
      newest.set(id, { time, ...(failed ? { failure: failureOf(line, id, time) } : {}) });
    }
    path = answer?.["@odata.nextLink"];
  }
  const failures = [...newest.values()].flatMap(({ failure }) => failure ?? []);
  return { failures: failures.sort((a, b) => (a.time < b.time ? 1 : -1)), complete: path === undefined };
}

function failureOf(line: Summary, id: string, time: string): ProvisioningFailure {
  const { errorCode, reason, additionalDetails } = line.provisioningStatusInfo?.errorInformation ?? {};
  return {
    id,
    name: line.sourceIdentity?.displayName ?? id,
    type: line.sourceIdentity?.identityType ?? "",
    time,
    code: errorCode ?? "",
    reason: reason || additionalDetails || "",
  };
}
