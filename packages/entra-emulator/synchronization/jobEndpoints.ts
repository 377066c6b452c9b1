import type { InputValue } from "entra-mappings";

import { orOwner, route, type Call, type Endpoint } from "../http/endpoint";
import { badRequest, GraphError, ok } from "../http/reply";
import { objectBody } from "../odata/body";
import { context, createdReply, entityReply, listReply } from "../odata/query";
import { isObject } from "../json";
import { filterOperators } from "../provisioning/scope";
import { nonGalleryTemplateId } from "../state/wellKnown";
import { explainExpression, functionList } from "./expressions";
import { newJobRecord, pauseJob, recordEvent, restartJob, startJob, type JobRecord } from "./job";
import { acceptSchema, type SynchronizationSchema } from "./schema";
import { scimTemplateSchema } from "./scimTemplate";

export const readSynchronization = ["Synchronization.Read.All", "Synchronization.ReadWrite.All"];
export const writeSynchronization = ["Synchronization.ReadWrite.All"];

const base = "/servicePrincipals/:id/synchronization";
const set = "servicePrincipals/synchronization/jobs";
/** Id of the synchronization template of non-gallery applications, the only one since 2018. */
const templateId = "scim";

/** Declares an operation that reads synchronization data of the service principal in the path. */
function read(path: string, handle: Endpoint["handle"]): Endpoint {
  return route(`GET ${base}${path}`, orOwner(readSynchronization), handle);
}

/** Declares an operation that changes synchronization data of the service principal in the path. */
function write(operation: "DELETE" | "POST" | "PUT", path: string, handle: Endpoint["handle"]): Endpoint {
  return route(`${operation} ${base}${path}`, orOwner(writeSynchronization), handle);
}

export const jobEndpoints: Endpoint[] = [
  read("/jobs", (call) => {
    const { id } = call.state.servicePrincipal(call.param("id"));
    const records = [...call.state.jobs.values()].filter((one) => one.servicePrincipalId === id);
    return listReply(
      call,
      set,
      Array.from(records, ({ job }) => job),
    );
  }),
  write("POST", "/jobs", (call) => {
    const { id } = call.state.servicePrincipal(call.param("id"));
    const given = objectBody(call.body)["templateId"];
    if (typeof given !== "string" || given === "") throw badRequest("A value is required for 'templateId'.");
    if (given !== templateId || !hasTemplate(call)) {
      const message = `The synchronization template '${given}' is not available for service principal '${id}'.`;
      throw new GraphError(400, "TemplateNotFound", message);
    }
    const record = newJobRecord(templateId, call.state.tenantId, id);
    call.state.jobs.set(record.job.id, record);
    return createdReply(call, `servicePrincipals('${id}')/synchronization/jobs`, record.job);
  }),
  read("/jobs/:job", (call) => entityReply(call, set, jobRecord(call).job)),
  write("DELETE", "/jobs/:job", (call) => {
    call.state.jobs.delete(jobRecord(call).job.id);
  }),
  write("POST", "/jobs/:job/start", (call) => {
    const record = jobRecord(call);
    startJob(record, call.state.syncSecrets.get(record.servicePrincipalId) ?? []);
  }),
  write("POST", "/jobs/:job/pause", (call) => pauseJob(jobRecord(call))),
  write("POST", "/jobs/:job/restart", (call) => restartJob(jobRecord(call), resetScope(call.body))),
];

// There is no PATCH of a schema, because the service returns 404 for it.
export const schemaEndpoints: Endpoint[] = [
  read("/jobs/:job/schema", (call) => {
    const { schema, job, servicePrincipalId } = jobRecord(call);
    const place = `servicePrincipals('${servicePrincipalId}')/synchronization/jobs('${job.id}')/schema/$entity`;
    return ok({ ...context(call, place), ...schema });
  }),
  write("PUT", "/jobs/:job/schema", (call) => {
    const record = jobRecord(call);
    const rules = scimTemplateSchema(record.job.id).synchronizationRules.map((rule) => rule.id);
    replaceSchema(record, acceptSchema(call.body, rules));
    recordEvent(record, "schemaReplaced");
  }),
  write("DELETE", "/jobs/:job/schema", (call) => {
    const record = jobRecord(call);
    replaceSchema(record, scimTemplateSchema(record.job.id));
    recordEvent(record, "schemaReset");
  }),
  read("/templates", (call) => ok({ value: hasTemplate(call) ? [template()] : [] })),
  read("/templates/:template", (call) => {
    checkTemplate(call);
    return ok(template());
  }),
  read("/templates/:template/schema", (call) => {
    checkTemplate(call);
    return ok(scimTemplateSchema(templateId));
  }),
  read("/jobs/:job/schema/functions", (call) => {
    jobRecord(call);
    return ok({ value: functionList() });
  }),
  read("/jobs/:job/schema/filterOperators", (call) => {
    jobRecord(call);
    const operators = Object.entries(filterOperators).map(([name, { arity, types }]) => ({
      ...{ name, arity, supportedAttributeTypes: types, multivaluedComparisonType: "All" },
    }));
    return ok({ value: operators });
  }),
  route(`POST ${base}/jobs/:job/schema/parseExpression`, orOwner(readSynchronization), (call) => {
    jobRecord(call);
    const { expression, testInputObject } = objectBody(call.body);
    if (typeof expression !== "string") throw badRequest("A value is required for 'expression'.");
    return ok(explainExpression(expression, testProperties(testInputObject)));
  }),
];

/** Returns the job in the path. Throws Graph's 404. */
export function jobRecord({ state, param }: Call): JobRecord {
  const record = state.jobs.get(param("job"));
  if (record?.servicePrincipalId === state.servicePrincipal(param("id")).id) return record;
  throw new GraphError(404, "JobNotFound", `Cannot find the synchronization job '${param("job")}'.`);
}

/** Stores a schema with a new version. It changes with every write; clients must only compare it. */
function replaceSchema(record: JobRecord, schema: SynchronizationSchema): void {
  const [major = "v2", minor = "0"] = record.schema.version.split(".");
  record.schema = { ...schema, id: record.job.id, version: `${major}.${Number(minor) + 1}` };
}

/** Returns whether the service principal in the path was created from the non-gallery template. */
function hasTemplate({ state, param }: Call): boolean {
  return state.servicePrincipal(param("id")).applicationTemplateId === nonGalleryTemplateId;
}

function checkTemplate(call: Call): void {
  if (hasTemplate(call) && call.param("template") === templateId) return;
  throw badRequest(`The synchronization template '${call.param("template")}' is not available.`);
}

function template() {
  return {
    id: templateId,
    applicationId: "00000000-0000-0000-0000-000000000000",
    default: true,
    description: "SCIM synchronization for applications that are not in the gallery",
    discoverable: false,
    factoryTag: "CustomSCIM",
    metadata: [{ key: "provisioningOption", value: "CustomSCIM" }],
    schema: scimTemplateSchema(templateId),
  };
}

/** Returns the reset scopes of a `restart` request. Default: Full, like the button in the portal. */
function resetScope(body: unknown): string[] {
  const criteria = body === undefined ? {} : objectBody(objectBody(body)["criteria"] ?? {});
  const scope = String(criteria["resetScope"] ?? "");
  return scope === "" ? ["Full"] : scope.split(",").map((name) => name.trim());
}

function testProperties(given: unknown): ReadonlyMap<string, InputValue> | undefined {
  const properties = isObject(given) ? given["properties"] : undefined;
  if (!Array.isArray(properties)) return undefined;
  return new Map((properties as { key: string; value: InputValue }[]).map(({ key, value }) => [key, value]));
}
