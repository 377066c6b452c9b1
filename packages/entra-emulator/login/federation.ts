import { decodeJwt } from "jose";

import type { Directory } from "../state/directory";
import type { Application } from "../state/types";
import { LoginError } from "./errors";

/**
 * Checks a `client_assertion` against the federated credentials of an application. Issuer, subject and audience must match.
 * Does not verify the signature, because the emulator does not have the keys of other issuers. Throws LoginError.
 */
export function checkFederatedAssertion(directory: Directory, application: Application, assertion: string): void {
  const claims = read(assertion);
  const audiences = [claims.aud ?? []].flat();
  const credentials = directory.federatedCredentials.get(application.id) ?? [];
  const match = credentials.some(
    (one) =>
      one["issuer"] === claims.iss &&
      one["subject"] === claims.sub &&
      ((one["audiences"] as string[] | undefined) ?? []).some((audience) => audiences.includes(audience)),
  );
  if (!match) {
    throw new LoginError(
      401,
      "invalid_client",
      700213,
      `No matching federated identity record found for presented assertion subject '${String(claims.sub)}'. ` +
        "Check your federated identity credential Subject, Audience and Issuer against the presented assertion.",
    );
  }
  if ((claims.exp ?? 0) * 1000 <= Date.now()) {
    throw new LoginError(401, "invalid_client", 700024, "Client assertion is not within its valid time range.");
  }
}

function read(assertion: string): ReturnType<typeof decodeJwt> {
  try {
    return decodeJwt(assertion);
  } catch {
    throw new LoginError(401, "invalid_client", 50027, "JWT token is invalid or malformed.");
  }
}
