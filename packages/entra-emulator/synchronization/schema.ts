import type { Endpoint } from "../http/endpoint";
import { badRequest, noContent, ok } from "../http/reply";
import { servicePrincipal } from "../directory/servicePrincipals";
import { availableTemplates, jobRecord, readSynchronization, writeSynchronization } from "./lookup";
import { recordTransition } from "./newJob";
import { scimTemplateSchema } from "./scimTemplate/scimTemplate";
import { acceptSchema } from "./validateSchema";

const base = "/servicePrincipals/:id/synchronization";

// There is no PATCH, because the service returns 404 for it.
export const schemaEndpoints: Endpoint[] = [
  {
    method: "GET",
    path: `${base}/jobs/:job/schema`,
    permissions: readSynchronization,
    ownedObject: "id",
    handle: (call) => {
      const { schema, job } = jobRecord(call);
      const context = `${call.root}/${call.version}/$metadata#servicePrincipals('${call.params["id"]}')/synchronization/jobs('${job.id}')/schema/$entity`;
      return ok({ "@odata.context": context, ...schema });
    },
  },
  {
    method: "PUT",
    path: `${base}/jobs/:job/schema`,
    permissions: writeSynchronization,
    ownedObject: "id",
    handle: (call) => {
      const record = jobRecord(call);
      const known = new Set(scimTemplateSchema(record.job.id).synchronizationRules.map((rule) => rule.id));
      const schema = acceptSchema(call.body, known);
      delete schema["@odata.context"];
      record.schema = { ...schema, id: record.job.id, version: nextVersion(record.schema.version) };
      recordTransition(record, "schemaReplaced");
      return noContent();
    },
  },
  {
    method: "DELETE",
    path: `${base}/jobs/:job/schema`,
    permissions: writeSynchronization,
    ownedObject: "id",
    handle: (call) => {
      const record = jobRecord(call);
      record.schema = { ...scimTemplateSchema(record.job.id), version: nextVersion(record.schema.version) };
      recordTransition(record, "schemaReset");
      return noContent();
    },
  },
  {
    method: "GET",
    path: `${base}/templates`,
    permissions: readSynchronization,
    ownedObject: "id",
    handle: (call) => ok({ value: availableTemplates(call).map(template) }),
  },
  {
    method: "GET",
    path: `${base}/templates/:template`,
    permissions: readSynchronization,
    ownedObject: "id",
    handle: (call) => ok(template(listIds(availableTemplates(call), call.params["template"]))),
  },
  {
    method: "GET",
    path: `${base}/templates/:template/schema`,
    permissions: readSynchronization,
    ownedObject: "id",
    handle: (call) => {
      servicePrincipal(call);
      return ok(scimTemplateSchema(listIds(availableTemplates(call), call.params["template"])));
    },
  },
];

function template(id: string) {
  return {
    id,
    applicationId: "00000000-0000-0000-0000-000000000000",
    default: true,
    description: "SCIM synchronization for applications that are not in the gallery",
    discoverable: false,
    factoryTag: "CustomSCIM",
    metadata: [{ key: "provisioningOption", value: "CustomSCIM" }],
    schema: scimTemplateSchema(id),
  };
}

function listIds(ids: readonly string[], id = ""): string {
  if (!ids.includes(id)) throw badRequest(`The synchronization template '${id}' is not available.`);
  return id;
}

/** Returns a new schema version. It changes with every write; clients must only compare it. */
function nextVersion(version: string): string {
  const [major = "v2", minor = "0"] = version.split(".");
  return `${major}.${Number(minor) + 1}`;
}
