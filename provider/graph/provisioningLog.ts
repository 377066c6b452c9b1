import type { GraphClient } from "./client";
import { eq, where } from "./collections";

/** Reading the provisioning log; either is enough. */
export const PROVISIONING_LOG_PERMISSION = "ProvisioningLog.Read.All or AuditLog.Read.All";

/** What is used of Graph's `provisioningObjectSummary`. */
interface Summary {
  activityDateTime?: string | null;
  provisioningAction?: string | null;
  provisioningStatusInfo?: {
    status?: string | null;
    errorInformation?: { errorCode?: string | null; reason?: string | null; additionalDetails?: string | null } | null;
  } | null;
  sourceIdentity?: { id?: string | null; displayName?: string | null; identityType?: string | null } | null;
}

/** Somebody, or a group, whose last export failed. */
export interface ProvisioningFailure {
  /** Object id. */
  id: string;
  /** As the log calls it: a display name or a principal name. */
  name: string;
  /** `User` or `Group`. */
  type: string;
  /** ISO 8601. */
  time: string;
  code: string;
  reason: string;
}

/** Pages that are read at most: the log is for looking at, and a large tenant has millions of lines. */
const mostPages = 20;

/**
 * Objects of a job whose newest line in the provisioning log since then is a failure, the newest first.
 * @param jobId without its path: `scim.1234...`
 * @returns `complete` false: there were more lines than are read
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
