import { randomUUID } from "node:crypto";

import type { Reply } from "../http/reply";
import type { TenantState } from "../state/tenant";

/** HTTP status and OAuth error code by AADSTS number. */
const errors = {
  50027: [401, "invalid_client"],
  50034: [400, "invalid_grant"],
  50057: [400, "invalid_grant"],
  50105: [400, "invalid_grant"],
  70003: [400, "unsupported_grant_type"],
  90002: [400, "invalid_request"],
  700016: [400, "unauthorized_client"],
  700024: [401, "invalid_client"],
  700213: [401, "invalid_client"],
  900144: [400, "invalid_request"],
  1002012: [400, "invalid_scope"],
  7000215: [401, "invalid_client"],
  7000218: [401, "invalid_client"],
  7000222: [401, "invalid_client"],
} as const;

/** An OAuth error of the sign-in service with an AADSTS number. */
export class LoginError extends Error {
  override readonly name = "LoginError";

  constructor(
    readonly number: keyof typeof errors,
    message: string,
  ) {
    super(message);
  }
}

/** Returns the error for a client that the tenant does not have. */
export function unknownClient(state: TenantState, clientId: string): LoginError {
  return new LoginError(
    700016,
    `Application with identifier '${clientId}' was not found in the directory '${state.displayName}'.`,
  );
}

/** Returns the error response in the format of Entra ID. */
export function loginErrorReply({ number, message }: LoginError): Reply {
  const [status, error] = errors[number];
  const id = randomUUID();
  const timestamp = `${new Date().toISOString().slice(0, 19).replace("T", " ")}Z`;
  return {
    status,
    body: {
      error,
      error_description: `AADSTS${number}: ${message} Trace ID: ${id} Correlation ID: ${id} Timestamp: ${timestamp}`,
      error_codes: [number],
      timestamp,
      trace_id: id,
      correlation_id: id,
      error_uri: `https://login.microsoftonline.com/error?code=${number}`,
    },
  };
}
