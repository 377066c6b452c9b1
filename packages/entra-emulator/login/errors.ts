import { randomUUID } from "node:crypto";

import type { Reply } from "../http/reply";

/** An OAuth error of the sign-in service with an AADSTS number. */
export class LoginError extends Error {
  constructor(
    readonly status: number,
    /** OAuth error code, e.g. `invalid_client`. */
    readonly error: string,
    /** AADSTS number, e.g. 7000215. */
    readonly number: number,
    message: string,
  ) {
    super(message);
    this.name = "LoginError";
  }
}

/** Returns the error response in the format of Entra ID. */
export function loginErrorReply(error: LoginError): Reply {
  const traceId = randomUUID();
  const timestamp = `${new Date().toISOString().slice(0, 19).replace("T", " ")}Z`;
  return {
    status: error.status,
    body: {
      error: error.error,
      error_description:
        `AADSTS${error.number}: ${error.message} Trace ID: ${traceId} ` +
        `Correlation ID: ${traceId} Timestamp: ${timestamp}`,
      error_codes: [error.number],
      timestamp,
      trace_id: traceId,
      correlation_id: traceId,
      error_uri: `https://login.microsoftonline.com/error?code=${error.number}`,
    },
  };
}
