import { decodeJwt, type JWTPayload } from "jose";

import { ok, type Reply } from "../http/reply";
import type { TenantState } from "../state/tenant";
import type { Application } from "../state/types";
import { LoginError, unknownClient } from "./errors";
import { accessTokenLifetime, issueAccessToken, type SigningKeys } from "./tokens";

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/** Handles `POST /{tenant}/oauth2/v2.0/token`: the client credentials grant with a secret or a federated assertion. */
export async function tokenReply(
  state: TenantState,
  keys: SigningKeys,
  root: string,
  tenant: string,
  form: URLSearchParams,
): Promise<Reply> {
  checkTenant(state, tenant);
  const grant = form.get("grant_type");
  if (grant !== "client_credentials") {
    throw new LoginError(70003, `The app requested an unsupported grant type '${grant}'.`);
  }
  const clientId = form.get("client_id") ?? "";
  const application = state.applicationByAppId(clientId);
  const principal = state.servicePrincipalByAppId(clientId);
  if (!application || !principal) throw unknownClient(state, clientId);
  if (form.has("client_assertion")) checkAssertion(state, application, form);
  else checkSecret(state, application, form.get("client_secret"));
  const scope = form.get("scope") ?? "";
  if (scope !== `${root}/.default`) {
    throw new LoginError(
      1002012,
      `The provided value for scope ${scope} is not valid. Client credential flows must have a scope value ` +
        "with /.default suffixed to the resource identifier (application ID URI).",
    );
  }
  const token = await issueAccessToken(keys, state, principal, root);
  state.accessTokens.push(token);
  const lifetime = accessTokenLifetime + 1;
  return ok({ token_type: "Bearer", expires_in: lifetime, ext_expires_in: lifetime, access_token: token });
}

/** Throws AADSTS90002 unless `tenant` is the id or a domain of this tenant. */
export function checkTenant(state: TenantState, tenant: string): void {
  const names = [state.tenantId, ...state.domains.map((domain) => domain.id.toLowerCase())];
  if (names.includes(tenant.toLowerCase())) return;
  throw new LoginError(
    90002,
    `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the ` +
      "correct cloud.",
  );
}

/**
 * Checks an assertion against the federated credentials of an application. Issuer, subject and audience must match.
 * Does not verify the signature, because the emulator does not have the keys of other issuers.
 */
function checkAssertion(state: TenantState, application: Application, form: URLSearchParams): void {
  if (form.get("client_assertion_type") !== assertionType) {
    throw new LoginError(900144, `client_assertion_type must be '${assertionType}'.`);
  }
  let claims: JWTPayload;
  try {
    claims = decodeJwt(form.get("client_assertion") ?? "");
  } catch {
    throw new LoginError(50027, "JWT token is invalid or malformed.");
  }
  const audiences = [claims.aud].flat();
  const match = (state.federatedCredentials.get(application.id) ?? []).some(
    ({ issuer, subject, audiences: accepted }) =>
      issuer === claims.iss &&
      subject === claims.sub &&
      Array.isArray(accepted) &&
      accepted.some((one) => audiences.includes(one)),
  );
  if (!match) {
    throw new LoginError(
      700213,
      `No matching federated identity record found for presented assertion subject '${String(claims.sub)}'. ` +
        "Check your federated identity credential Subject, Audience and Issuer against the presented assertion.",
    );
  }
  if ((claims.exp ?? 0) * 1000 <= Date.now()) {
    throw new LoginError(700024, "Client assertion is not within its valid time range.");
  }
}

function checkSecret(state: TenantState, { appId }: Application, given: string | null): void {
  if (given === null) {
    throw new LoginError(
      7000218,
      "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    );
  }
  const match = state.clientSecrets.get(appId)?.find(({ secret }) => secret === given);
  if (!match) {
    throw new LoginError(
      7000215,
      "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, " +
        `not the client secret ID, for a secret added to app '${appId}'.`,
    );
  }
  if (Date.parse(match.endDateTime) <= Date.now()) {
    throw new LoginError(7000222, `The provided client secret keys for app '${appId}' are expired.`);
  }
}
