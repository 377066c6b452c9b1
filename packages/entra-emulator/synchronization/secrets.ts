import type { Call, Endpoint } from "../http/endpoint";
import { badRequest, noContent, ok } from "../http/reply";
import { objectBody } from "../odata/references";
import { servicePrincipal } from "../directory/servicePrincipals";
import type { KeyValue } from "../state/types";
import { readSynchronization, writeSynchronization } from "./lookup";

const path = "/servicePrincipals/:id/synchronization/secrets";
/** Keys whose value Graph returns. It masks all other values. */
const inClear = new Set(["BaseAddress", "SyncAll", "SyncNotificationSettings", "SkipOutOfScopeDeletions"]);
const known = new Set([
  ...inClear,
  "SecretToken",
  "AuthenticationType",
  "ClientIdentifier",
  "ClientSecret",
  "Domain",
  "UserName",
  "Password",
  "Oauth2AccessToken",
  "Oauth2ClientId",
  "Oauth2ClientSecret",
  "Oauth2TokenExchangeUri",
  "ValidateDomain",
  "TestReferences",
  "Server",
]);

export const secretEndpoints: Endpoint[] = [
  {
    method: "GET",
    path,
    permissions: readSynchronization,
    ownedObject: "id",
    handle: (call) =>
      ok({ "@odata.context": `${call.root}/${call.version}/$metadata#Collection(...)`, value: list(call) }),
  },
  {
    method: "PUT",
    path,
    permissions: writeSynchronization,
    ownedObject: "id",
    handle: (call) => {
      const { id } = servicePrincipal(call);
      const given = objectBody(call.body)["value"];
      if (!Array.isArray(given)) throw badRequest("A value is required for 'value': a collection of key and value.");
      call.state.syncSecrets.set(id, merge(call.state.syncSecrets.get(id) ?? [], given.map(readPair)));
      return noContent();
    },
  },
];

function list(call: Call): KeyValue[] {
  const { id } = servicePrincipal(call);
  return (call.state.syncSecrets.get(id) ?? []).map(({ key, value }) => ({
    key,
    value: inClear.has(key) ? value : "*",
  }));
}

/** Merges given secrets into the stored ones. An empty value removes a secret. A masked value (`*`) keeps the stored value. */
export function merge(kept: readonly KeyValue[], given: readonly KeyValue[]): KeyValue[] {
  const before = new Map(kept.map(({ key, value }) => [key, value]));
  const named = new Set(given.map(({ key }) => key));
  const updated = given
    .map(({ key, value }) => ({ key, value: value === "*" ? (before.get(key) ?? "") : value }))
    .filter(({ value }) => value !== "");
  return [...updated, ...kept.filter(({ key }) => !named.has(key))];
}

export function readPair(value: unknown): KeyValue {
  const pair = value as Partial<KeyValue>;
  if (typeof pair.key !== "string" || !known.has(pair.key)) {
    throw badRequest(`Invalid value specified for 'key' of a synchronization secret: '${String(pair.key)}'.`);
  }
  return { key: pair.key, value: String(pair.value ?? "") };
}
