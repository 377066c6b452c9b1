import { randomBytes, randomUUID } from "node:crypto";

import { orOwner, route, type Call, type Endpoint } from "../http/endpoint";
import { badRequest, ok } from "../http/reply";
import { givenProperties, objectBody } from "../odata/body";
import { context, createdReply, listReply } from "../odata/query";
import type { TenantState } from "../state/tenant";
import type { Application, PasswordCredential } from "../state/types";

const path = "/applications/:id";
const write = ["Application.ReadWrite.All"];
const twoYearsMs = 2 * 365 * 24 * 3600 * 1000;

/** Client secrets and federated credentials of applications. */
export const credentialEndpoints: Endpoint[] = [
  route(`POST ${path}/addPassword`, orOwner(write), (call) => {
    const given = objectBody(objectBody(call.body ?? {})["passwordCredential"] ?? {});
    const credential = addPassword(call.state, application(call), given);
    return ok({ ...context(call, "microsoft.graph.passwordCredential"), ...credential });
  }),
  route(`POST ${path}/removePassword`, orOwner(write), (call) => {
    const { keyId } = objectBody(call.body);
    const target = application(call);
    const isKept = (one: { keyId: string }): boolean => one.keyId !== keyId;
    if (target.passwordCredentials.every(isKept)) {
      throw badRequest(`No password credential found with keyId '${String(keyId)}'.`);
    }
    target.passwordCredentials = target.passwordCredentials.filter(isKept);
    const { clientSecrets } = call.state;
    clientSecrets.set(target.appId, (clientSecrets.get(target.appId) ?? []).filter(isKept));
  }),
  route(`GET ${path}/federatedIdentityCredentials`, orOwner([...write, "Application.Read.All"]), (call) => {
    const credentials = call.state.federatedCredentials.get(application(call).id) ?? [];
    return listReply(call, "federatedIdentityCredentials", credentials);
  }),
  route(`POST ${path}/federatedIdentityCredentials`, orOwner(write), (call) => {
    const { id } = application(call);
    const given = givenProperties(call);
    for (const name of ["name", "issuer", "subject", "audiences"]) {
      if (!given[name]) throw badRequest(`A value is required for property '${name}' of the federated credential.`);
    }
    const made = { description: null, ...given, id: randomUUID() };
    const others = call.state.federatedCredentials.get(id) ?? [];
    call.state.federatedCredentials.set(id, [...others, made]);
    return createdReply(call, "federatedIdentityCredentials", made);
  }),
];

function application({ state, param }: Call): Application {
  return state.application(param("id"));
}

/** Prefix of every generated test secret, so that tests can detect a secret in logs, files and state. */
export const testSecretPrefix = "sbx8Q~";

/** Generates a random secret of 40 characters, the length of a client secret of Entra ID. */
export function generateTestSecret(): string {
  return `${testSecretPrefix}${randomBytes(30).toString("base64url")}`.slice(0, 40);
}

/** Adds a client secret, by default valid for two years. Keeps the given date strings, because clients compare them as strings. */
export function addPassword(
  state: TenantState,
  application: Application,
  given: Record<string, unknown>,
): Omit<PasswordCredential, "secretText"> & { secretText: string } {
  const startDateTime = String(given["startDateTime"] ?? new Date().toISOString());
  const endDateTime = String(given["endDateTime"] ?? new Date(Date.now() + twoYearsMs).toISOString());
  // A comparison with NaN, the time of an invalid date, is false.
  if (!(Date.parse(endDateTime) > Date.parse(startDateTime))) {
    throw badRequest("Invalid value specified for property 'endDateTime': it must be after 'startDateTime'.");
  }
  const secret = generateTestSecret();
  const credential: PasswordCredential = {
    customKeyIdentifier: null,
    displayName: typeof given["displayName"] === "string" ? given["displayName"] : null,
    endDateTime,
    hint: secret.slice(0, 3),
    keyId: randomUUID(),
    secretText: null,
    startDateTime,
  };
  application.passwordCredentials = [...application.passwordCredentials, credential];
  const others = state.clientSecrets.get(application.appId) ?? [];
  state.clientSecrets.set(application.appId, [...others, { keyId: credential.keyId, secret, endDateTime }]);
  return { ...credential, secretText: secret };
}
