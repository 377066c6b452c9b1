import { route, type Endpoint } from "../http/endpoint";
import { listReply } from "../odata/query";
import type { ProvisioningEvent } from "../provisioning/types";
import type { Entity } from "../state/types";

/** Endpoint `GET /auditLogs/provisioning`: events of the provisioning service, newest first. */
export const provisioningLogEndpoints: Endpoint[] = [
  route("GET /auditLogs/provisioning", ["ProvisioningLog.Read.All", "AuditLog.Read.All"], (call) =>
    listReply(call, "auditLogs/provisioning", call.state.provisioningLog.map(summary).reverse(), { pageSize: 500 }),
  ),
];

/** Converts an event to Graph's provisioningObjectSummary. */
function summary(event: ProvisioningEvent, index: number): Entity {
  const { time, jobId, action, status, code, reason, sourceId, sourceName, sourceType, targetId } = event;
  const error = { errorCode: code, reason, additionalDetails: null, errorCategory: "failure" };
  return {
    id: `line-${index}`,
    activityDateTime: time,
    jobId,
    provisioningAction: action === "skip" ? "other" : action,
    provisioningStatusInfo: { status, errorInformation: code === null && reason === null ? null : error },
    sourceIdentity: { id: sourceId, displayName: sourceName, identityType: sourceType, details: {} },
    targetIdentity: { id: targetId ?? "", displayName: "", identityType: sourceType, details: {} },
    sourceSystem: { displayName: "Azure Active Directory" },
    targetSystem: { displayName: "customappsso" },
    modifiedProperties: event.modified.map(({ name, ...values }) => ({ displayName: name, ...values })),
  };
}
