import { randomUUID } from "node:crypto";

import type { Call, Endpoint } from "../http/endpoint";
import { GraphError, noContent } from "../http/reply";
import { objectBody } from "../odata/references";
import { servicePrincipal } from "../directory/servicePrincipals";
import type { KeyValue } from "../state/types";
import { jobRecord, writeSynchronization } from "./lookup";
import { quoted, scimRequest, scimUrl, type ScimAnswer } from "./scimProbe";
import { readPair } from "./secrets";
import type { SynchronizationSchema } from "./types";

const base = "/servicePrincipals/:id/synchronization/jobs";

export const connectionEndpoints: Endpoint[] = [`${base}/:job/validateCredentials`, `${base}/validateCredentials`].map(
  (path) => ({
    method: "POST",
    path,
    permissions: writeSynchronization,
    ownedObject: "id",
    handle: async (call) => {
      const schema = call.params["job"] === undefined ? undefined : jobRecord(call).schema;
      const problem = await testConnection(call.trustedCa, credentials(call), schema);
      if (problem) throw problem;
      return noContent();
    },
  }),
);

/** Returns the credentials of a request. Saved values fill in for masked values, and for all missing values if `useSavedCredentials` is true. */
function credentials(call: Call): Map<string, string> {
  const { id } = servicePrincipal(call);
  const body = call.body === undefined ? {} : objectBody(call.body);
  const saved = new Map((call.state.syncSecrets.get(id) ?? []).map(({ key, value }) => [key, value]));
  const given = Array.isArray(body["credentials"]) ? body["credentials"].map(readPair) : ([] as KeyValue[]);
  const result = body["useSavedCredentials"] === true ? new Map(saved) : new Map<string, string>();
  for (const { key, value } of given) result.set(key, value === "*" ? (saved.get(key) ?? "") : value);
  return result;
}

/**
 * Runs the "Test Connection" of the portal: searches for a random user and group by the matching attributes.
 * Expects a ListResponse with status 200. Returns the error that Graph would return, or undefined on success.
 */
export async function testConnection(
  trustedCa: string,
  secrets: ReadonlyMap<string, string>,
  schema?: SynchronizationSchema,
): Promise<GraphError | undefined> {
  const baseAddress = secrets.get("BaseAddress") ?? "";
  const token = secrets.get("SecretToken") ?? "";
  if (baseAddress === "") return invalid("A Tenant URL (BaseAddress) is required.");
  const searches = [
    { path: "Users", attribute: matchingAttribute(schema, "User") ?? "userName" },
    { path: "Groups", attribute: matchingAttribute(schema, "Group") ?? "displayName" },
  ];
  for (const { path, attribute } of searches) {
    const query = {
      ...(path === "Groups" ? { excludedAttributes: "members" } : {}),
      filter: `${attribute} eq ${quoted(randomUUID())}`,
    };
    const answer = await scimRequest(trustedCa, token, "GET", scimUrl(baseAddress, path, query));
    const problem = credentialsError(answer);
    if (problem) return problem;
  }
  return undefined;
}

function matchingAttribute(schema: SynchronizationSchema | undefined, sourceObject: string): string | undefined {
  return schema?.synchronizationRules
    .flatMap((rule) => rule.objectMappings)
    .filter((mapping) => mapping.sourceObjectName === sourceObject)
    .flatMap((mapping) => mapping.attributeMappings)
    .filter((mapping) => mapping.matchingPriority > 0)
    .sort((a, b) => a.matchingPriority - b.matchingPriority)[0]?.targetAttributeName;
}

function credentialsError(answer: ScimAnswer): GraphError | undefined {
  if (answer.status === 401 || answer.status === 403) {
    return invalid(
      "You appear to have entered invalid credentials. Please confirm you are using the correct information for an " +
        `administrative account. Error code: SystemForCrossDomainIdentityManagementCredentialValidationUnavailable. ` +
        `The endpoint answered ${answer.status}.`,
    );
  }
  if (answer.status === 0) return unavailable(`The SCIM endpoint could not be reached: ${answer.text}`);
  if (answer.status !== 200) {
    return unavailable(
      `The SCIM endpoint answered ${answer.status} to a search for an object that does not exist, where 200 with an ` +
        "empty list is expected.",
    );
  }
  const list = answer.body as { totalResults?: unknown; Resources?: unknown } | null | undefined;
  if (typeof list?.totalResults !== "number") {
    return new GraphError(
      400,
      "SystemForCrossDomainIdentityManagementServiceIncompatible",
      "The SCIM endpoint is not fully compatible: its answer is not a ListResponse with totalResults.",
    );
  }
  return undefined;
}

function invalid(message: string): GraphError {
  return new GraphError(400, "InvalidCredentials", message);
}

function unavailable(message: string): GraphError {
  return new GraphError(400, "SystemForCrossDomainIdentityManagementCredentialValidationUnavailable", message);
}
