import { randomUUID } from "node:crypto";

import { generateTestSecret } from "../testSecrets";
import type { Endpoint } from "../http/endpoint";
import { badRequest, noContent, ok } from "../http/reply";
import { entityReply, listReply } from "../odata/query";
import { objectBody } from "../odata/references";
import type { Directory } from "../state/directory";
import type { Application, PasswordCredential } from "../state/types";
import { withoutAnnotations } from "../state/newApplication";

const permissions = ["Application.ReadWrite.All"];
const twoYearsMs = 2 * 365 * 24 * 3600 * 1000;

export const passwordEndpoints: Endpoint[] = [
  {
    method: "POST",
    path: "/applications/:id/addPassword",
    permissions,
    ownedObject: "id",
    handle: (call) => {
      const application = call.state.application(call.params["id"] ?? "");
      const given = (objectBody(call.body ?? {})["passwordCredential"] ?? {}) as Partial<PasswordCredential>;
      const { credential, secretText } = addPassword(call.state, application, given);
      return ok({
        "@odata.context": `${call.root}/${call.version}/$metadata#microsoft.graph.passwordCredential`,
        ...credential,
        secretText,
      });
    },
  },
  {
    method: "POST",
    path: "/applications/:id/removePassword",
    permissions,
    ownedObject: "id",
    handle: (call) => {
      const application = call.state.application(call.params["id"] ?? "");
      const keyId = String(objectBody(call.body)["keyId"] ?? "");
      if (!application.passwordCredentials.some((one) => one.keyId === keyId)) {
        throw badRequest(`No password credential found with keyId '${keyId}'.`);
      }
      application.passwordCredentials = application.passwordCredentials.filter((one) => one.keyId !== keyId);
      const kept = (call.state.clientSecrets.get(application.appId) ?? []).filter((one) => one.keyId !== keyId);
      call.state.clientSecrets.set(application.appId, kept);
      return noContent();
    },
  },
  {
    method: "GET",
    path: "/applications/:id/federatedIdentityCredentials",
    permissions: [...permissions, "Application.Read.All"],
    ownedObject: "id",
    handle: (call) => {
      const application = call.state.application(call.params["id"] ?? "");
      return listReply(call, "federatedIdentityCredentials", call.state.federatedCredentials.get(application.id) ?? []);
    },
  },
  {
    method: "POST",
    path: "/applications/:id/federatedIdentityCredentials",
    permissions,
    ownedObject: "id",
    handle: (call) => {
      const application = call.state.application(call.params["id"] ?? "");
      const body = withoutAnnotations(objectBody(call.body));
      for (const name of ["name", "issuer", "subject", "audiences"]) {
        if (!body[name]) throw badRequest(`A value is required for property '${name}' of the federated credential.`);
      }
      const made = { description: null, ...body, id: randomUUID() };
      const others = call.state.federatedCredentials.get(application.id) ?? [];
      call.state.federatedCredentials.set(application.id, [...others, made]);
      return { ...entityReply(call, "federatedIdentityCredentials", made), status: 201 };
    },
  },
];

/** Adds a client secret, by default valid for two years. Keeps the given date strings, because clients compare them as strings. */
export function addPassword(
  directory: Directory,
  application: Application,
  given: Partial<PasswordCredential>,
): { credential: PasswordCredential; secretText: string } {
  const now = new Date();
  const start = given.startDateTime ?? now.toISOString();
  const end = given.endDateTime ?? new Date(now.getTime() + twoYearsMs).toISOString();
  if (Number.isNaN(Date.parse(start)) || Number.isNaN(Date.parse(end)) || Date.parse(end) <= Date.parse(start)) {
    throw badRequest("Invalid value specified for property 'endDateTime': it must be after 'startDateTime'.");
  }
  const secretText = generateTestSecret();
  const credential: PasswordCredential = {
    customKeyIdentifier: null,
    displayName: given.displayName ?? null,
    endDateTime: end,
    hint: secretText.slice(0, 3),
    keyId: randomUUID(),
    secretText: null,
    startDateTime: start,
  };
  application.passwordCredentials = [...application.passwordCredentials, credential];
  const others = directory.clientSecrets.get(application.appId) ?? [];
  directory.clientSecrets.set(application.appId, [
    ...others,
    { keyId: credential.keyId, secret: secretText, endDateTime: end },
  ]);
  return { credential, secretText };
}
