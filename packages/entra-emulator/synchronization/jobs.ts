import type { Call, Endpoint } from "../http/endpoint";
import { badRequest, created, GraphError, noContent } from "../http/reply";
import { entityReply, listReply } from "../odata/query";
import { objectBody } from "../odata/references";
import { servicePrincipal } from "../directory/servicePrincipals";
import { availableTemplates, jobRecord, readSynchronization, writeSynchronization } from "./lookup";
import { newJobRecord, recordTransition } from "./newJob";
import { pauseJob, restartJob, startJob } from "./transitions";

const jobsPath = "/servicePrincipals/:id/synchronization/jobs";

export const jobEndpoints: Endpoint[] = [
  {
    method: "GET",
    path: jobsPath,
    permissions: readSynchronization,
    ownedObject: "id",
    handle: (call) => {
      const { id } = servicePrincipal(call);
      const jobs = [...call.state.jobs.values()].filter((one) => one.servicePrincipalId === id).map((one) => one.job);
      return listReply(call, "servicePrincipals/synchronization/jobs", jobs);
    },
  },
  { method: "POST", path: jobsPath, permissions: writeSynchronization, ownedObject: "id", handle: createJob },
  {
    method: "GET",
    path: `${jobsPath}/:job`,
    permissions: readSynchronization,
    ownedObject: "id",
    handle: (call) => entityReply(call, "servicePrincipals/synchronization/jobs", jobRecord(call).job),
  },
  {
    method: "DELETE",
    path: `${jobsPath}/:job`,
    permissions: writeSynchronization,
    ownedObject: "id",
    handle: (call) => {
      call.state.jobs.delete(jobRecord(call).job.id);
      return noContent();
    },
  },
  action("start", (call) => startJob(jobRecord(call), call.state)),
  action("pause", (call) => pauseJob(jobRecord(call))),
  action("restart", (call) => restartJob(jobRecord(call), resetScope(call))),
];

function action(name: string, act: (call: Call) => void): Endpoint {
  return {
    method: "POST",
    path: `${jobsPath}/:job/${name}`,
    permissions: writeSynchronization,
    ownedObject: "id",
    handle: (call) => {
      act(call);
      return noContent();
    },
  };
}

function createJob(call: Call) {
  const principal = servicePrincipal(call);
  const templateId = objectBody(call.body)["templateId"];
  if (typeof templateId !== "string" || templateId === "") throw badRequest("A value is required for 'templateId'.");
  if (!availableTemplates(call).includes(templateId)) {
    throw new GraphError(
      400,
      "TemplateNotFound",
      `The synchronization template '${templateId}' is not available for service principal '${principal.id}'.`,
    );
  }
  const record = newJobRecord(templateId, call.state.tenantId, principal.id);
  recordTransition(record, "created");
  call.state.jobs.set(record.job.id, record);
  return created({
    "@odata.context": `${call.root}/${call.version}/$metadata#servicePrincipals('${principal.id}')/synchronization/jobs/$entity`,
    ...record.job,
  });
}

/** Returns the reset scopes of a `restart` request. Default: Full, like the button in the portal. */
function resetScope(call: Call): string[] {
  const criteria = call.body === undefined ? {} : objectBody(objectBody(call.body)["criteria"] ?? {});
  const scope = criteria["resetScope"];
  if (scope === undefined || scope === null || scope === "") return ["Full"];
  return String(scope)
    .split(",")
    .map((name) => name.trim());
}
