import { orOwner, route, type Call, type Endpoint } from "../http/endpoint";
import { badRequest, ok } from "../http/reply";
import { objectBody } from "../odata/body";
import { context } from "../odata/query";
import { isObject } from "../json";
import type { KeyValue } from "../state/types";
import { testConnection } from "./scimEndpoint";
import { jobRecord, readSynchronization, writeSynchronization } from "./jobEndpoints";

const base = "/servicePrincipals/:id/synchronization";
/** Keys whose value Graph returns. It masks all other values. */
const inClear = ["BaseAddress", "SyncAll", "SyncNotificationSettings", "SkipOutOfScopeDeletions"];
const known = [
  ...inClear,
  ...["SecretToken", "AuthenticationType", "ClientIdentifier", "ClientSecret", "Domain", "UserName", "Password"],
  ...["Oauth2AccessToken", "Oauth2ClientId", "Oauth2ClientSecret", "Oauth2TokenExchangeUri", "ValidateDomain"],
  ...["TestReferences", "Server"],
];

export const secretEndpoints: Endpoint[] = [
  route(`GET ${base}/secrets`, orOwner(readSynchronization), (call) => {
    const shown = saved(call).map(({ key, value }) => ({ key, value: inClear.includes(key) ? value : "*" }));
    return ok({ ...context(call, "Collection(...)"), value: shown });
  }),
  route(`PUT ${base}/secrets`, orOwner(writeSynchronization), (call) => {
    const given = objectBody(call.body)["value"];
    if (!Array.isArray(given)) throw badRequest("A value is required for 'value': a collection of key and value.");
    // An empty value removes a secret.
    const pairs = readPairs(call, given);
    const kept = saved(call).filter(({ key }) => !pairs.some((one) => one.key === key));
    const { id } = call.state.servicePrincipal(call.param("id"));
    call.state.syncSecrets.set(id, [...pairs.filter(({ value }) => value !== ""), ...kept]);
  }),
  ...([`POST ${base}/jobs/:job/validateCredentials`, `POST ${base}/jobs/validateCredentials`] as const).map(
    (operation) => route(operation, orOwner(writeSynchronization), validateCredentials),
  ),
];

/** Tests credentials of the request. Saved values fill in for all missing values if `useSavedCredentials` is true. */
async function validateCredentials(call: Call): Promise<void> {
  const schema = call.param("job") === "" ? undefined : jobRecord(call).schema;
  const { credentials, useSavedCredentials } = call.body === undefined ? {} : objectBody(call.body);
  const given = Array.isArray(credentials) ? readPairs(call, credentials) : [];
  const problem = await testConnection(
    [...given, ...(useSavedCredentials === true ? saved(call) : [])],
    call.trustedCa,
    schema,
  );
  if (problem) throw problem;
}

function saved({ state, param }: Call): KeyValue[] {
  return state.syncSecrets.get(state.servicePrincipal(param("id")).id) ?? [];
}

/** Reads pairs of key and value. A masked value (`*`) means the saved value. */
function readPairs(call: Call, given: readonly unknown[]): KeyValue[] {
  return given.map((pair) => {
    const { key, value } = isObject(pair) ? pair : {};
    if (typeof key !== "string" || !known.includes(key)) {
      throw badRequest(`Invalid value specified for 'key' of a synchronization secret: '${String(key)}'.`);
    }
    const old = saved(call).find((one) => one.key === key)?.value ?? "";
    return { key, value: value === "*" ? old : String(value ?? "") };
  });
}
