import { timingSafeEqual } from "node:crypto";

import { ok, type Reply } from "../http/reply";
import type { Directory } from "../state/directory";
import type { Application } from "../state/types";
import { accessTokenLifetime, issueAccessToken } from "./accessToken";
import { LoginError } from "./errors";
import { checkFederatedAssertion } from "./federation";
import type { SigningKeys } from "./keys";

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/** Handles `POST /{tenant}/oauth2/v2.0/token`: the client credentials grant with a secret or a federated assertion. */
export async function tokenReply(
  directory: Directory,
  keys: SigningKeys,
  root: string,
  tenant: string,
  form: URLSearchParams,
): Promise<Reply> {
  checkTenant(directory, tenant);
  const grant = form.get("grant_type");
  if (grant !== "client_credentials") {
    throw new LoginError(
      400,
      "unsupported_grant_type",
      70003,
      `The app requested an unsupported grant type '${grant}'.`,
    );
  }
  const clientId = form.get("client_id") ?? "";
  const application = directory.applicationByAppId(clientId);
  const principal = directory.servicePrincipalByAppId(clientId);
  if (!application || !principal) {
    throw new LoginError(
      400,
      "unauthorized_client",
      700016,
      `Application with identifier '${clientId}' was not found in the directory '${directory.displayName}'.`,
    );
  }
  authenticateClient(directory, application, form);
  const scope = form.get("scope") ?? "";
  if (scope !== `${root}/.default`) {
    throw new LoginError(
      400,
      "invalid_scope",
      1002012,
      `The provided value for scope ${scope} is not valid. Client credential flows must have a scope value ` +
        "with /.default suffixed to the resource identifier (application ID URI).",
    );
  }
  const accessToken = await issueAccessToken(keys, directory, principal, root);
  directory.accessTokens.push(accessToken);
  return ok({
    token_type: "Bearer",
    expires_in: accessTokenLifetime + 1,
    ext_expires_in: accessTokenLifetime + 1,
    access_token: accessToken,
  });
}

/** Throws AADSTS90002 unless `tenant` is the id or a domain of this tenant. */
export function checkTenant(directory: Directory, tenant: string): void {
  const name = tenant.toLowerCase();
  if (name === directory.tenantId || directory.domains.some((domain) => domain.id.toLowerCase() === name)) return;
  throw new LoginError(
    400,
    "invalid_request",
    90002,
    `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the ` +
      "correct cloud.",
  );
}

function authenticateClient(directory: Directory, application: Application, form: URLSearchParams): void {
  const assertion = form.get("client_assertion");
  if (assertion !== null) {
    if (form.get("client_assertion_type") !== assertionType) {
      throw new LoginError(400, "invalid_request", 900144, `client_assertion_type must be '${assertionType}'.`);
    }
    checkFederatedAssertion(directory, application, assertion);
    return;
  }
  const given = form.get("client_secret");
  if (given === null) {
    throw new LoginError(
      401,
      "invalid_client",
      7000218,
      "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    );
  }
  const match = (directory.clientSecrets.get(application.appId) ?? []).find((one) => equal(one.secret, given));
  if (!match) {
    throw new LoginError(
      401,
      "invalid_client",
      7000215,
      "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, " +
        `not the client secret ID, for a secret added to app '${application.appId}'.`,
    );
  }
  if (Date.parse(match.endDateTime) <= Date.now()) {
    throw new LoginError(
      401,
      "invalid_client",
      7000222,
      `The provided client secret keys for app '${application.appId}' are expired.`,
    );
  }
}

function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
