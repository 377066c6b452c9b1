import { expired } from "../login/accessToken";
import type { Fault } from "../faults";
import { GraphError } from "./reply";

/** Returns the error response of a fault; undefined for faults that affect the connection or the timing. */
export function refusalOf(fault: Fault, path: string): GraphError | undefined {
  switch (fault.kind) {
    case "throttle":
      return new GraphError(429, "TooManyRequests", "Too many requests.", retryAfter(fault.retryAfter));
    case "unavailable":
      return new GraphError(
        503,
        "ServiceUnavailable",
        "The service is temporarily unavailable.",
        retryAfter(fault.retryAfter),
      );
    case "error":
      return new GraphError(
        fault.status,
        fault.code ?? (fault.status >= 500 ? "InternalServerError" : "Request_BadRequest"),
        fault.message ?? "An error was injected.",
      );
    case "notFound":
      return new GraphError(
        404,
        "Request_ResourceNotFound",
        `Resource '${path.split("/").at(-1)}' does not exist or one of its queried reference-property objects are not present.`,
      );
    case "expiredToken":
      return expired();
    default:
      return undefined;
  }
}

function retryAfter(value: number | Date | undefined): Record<string, string> {
  if (value === undefined) return {};
  return { "Retry-After": typeof value === "number" ? String(value) : value.toUTCString() };
}
