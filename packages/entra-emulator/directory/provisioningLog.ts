import type { Call, Endpoint } from "../http/endpoint";
import { badRequest, type Reply } from "../http/reply";
import { listReply } from "../odata/query";
import type { ProvisioningEvent } from "../provisioning/types";
import type { Entity } from "../state/types";

/** Endpoint `GET /auditLogs/provisioning`: events of the provisioning service, newest first. */
export const provisioningLogEndpoints: Endpoint[] = [
  {
    method: "GET",
    path: "/auditLogs/provisioning",
    permissions: ["ProvisioningLog.Read.All", "AuditLog.Read.All"],
    handle: (call) => {
      const lines = call.state.provisioningLog.filter(selected(call)).map(summary).reverse();
      const query = new URLSearchParams(call.query);
      query.delete("$filter");
      const reply = listReply({ ...call, query }, "auditLogs/provisioning", lines, { pageSize: 500 });
      return withFilter(reply, call.query.get("$filter"));
    },
  },
];

/** Adds the original filter to `@odata.nextLink`. */
function withFilter(reply: Reply, filter: string | null): Reply {
  const body = reply.body as { "@odata.nextLink"?: string };
  if (filter === null || body["@odata.nextLink"] === undefined) return reply;
  const next = `${body["@odata.nextLink"]}&$filter=${encodeURIComponent(filter)}`;
  return { ...reply, body: { ...body, "@odata.nextLink": next } };
}

/** Parses `$filter`. Supports `jobId eq '...'` and `activityDateTime gt|ge|lt|le ...`, joined by `and`. */
function selected(call: Call): (event: ProvisioningEvent) => boolean {
  const text = call.query.get("$filter");
  if (text === null) return () => true;
  const terms = text.split(/\s+and\s+/i).map((term): ((event: ProvisioningEvent) => boolean) => {
    const job = /^jobId eq '([^']*)'$/i.exec(term.trim());
    if (job) return (event) => event.jobId === job[1];
    const time = /^activityDateTime (gt|ge|lt|le) (\S+)$/i.exec(term.trim());
    const at = Date.parse(time?.[2] ?? "");
    if (!time || Number.isNaN(at)) throw badRequest(`Invalid filter clause: '${term}' is not supported.`);
    const compare = {
      gt: (a: number) => a > at,
      ge: (a: number) => a >= at,
      lt: (a: number) => a < at,
      le: (a: number) => a <= at,
    };
    const holds = compare[time[1]?.toLowerCase() as keyof typeof compare];
    return (event) => holds(Date.parse(event.time));
  });
  return (event) => terms.every((term) => term(event));
}

/** Converts an event to Graph's provisioningObjectSummary. */
function summary(event: ProvisioningEvent, index: number): Entity {
  const { status, code, reason } = event;
  return {
    id: `line-${index}`,
    activityDateTime: event.time,
    jobId: event.jobId,
    provisioningAction: event.action === "skip" ? "other" : event.action,
    provisioningStatusInfo: {
      status,
      errorInformation:
        code === null && reason === null
          ? null
          : { errorCode: code, reason, additionalDetails: null, errorCategory: "failure" },
    },
    sourceIdentity: { id: event.sourceId, displayName: event.sourceName, identityType: event.sourceType, details: {} },
    targetIdentity: { id: event.targetId ?? "", displayName: "", identityType: event.sourceType, details: {} },
    sourceSystem: { displayName: "Azure Active Directory" },
    targetSystem: { displayName: "customappsso" },
    modifiedProperties: event.modified.map(({ name, oldValue, newValue }) => ({
      displayName: name,
      oldValue,
      newValue,
    })),
  };
}
