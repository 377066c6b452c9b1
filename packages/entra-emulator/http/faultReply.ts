import type { Fault } from "../faults";
import { expired } from "../login/tokens";
import { errorReply, GraphError, notFound, serialize, type SentReply } from "./reply";

/** Returns the error response of a fault; undefined for faults that affect the connection or the timing. */
export function refusalOf(fault: Fault, path: string): GraphError | undefined {
  switch (fault.kind) {
    case "throttle":
      return new GraphError(429, "TooManyRequests", "Too many requests.", retryAfter(fault.retryAfter));
    case "unavailable": {
      const message = "The service is temporarily unavailable.";
      return new GraphError(503, "ServiceUnavailable", message, retryAfter(fault.retryAfter));
    }
    case "error": {
      const code = fault.status >= 500 ? "InternalServerError" : "Request_BadRequest";
      return new GraphError(fault.status, fault.code ?? code, fault.message ?? "An error was injected.");
    }
    case "notFound":
      return notFound(lastSegment(path));
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

function lastSegment(path: string): string {
  return path.split("/").at(-1) ?? "";
}

/** Keeps the response that each URL returned before the last change, as a lagging replica would return it. */
export class StaleReads {
  private readonly last = new Map<string, SentReply>();
  private readonly previous = new Map<string, SentReply>();

  /** Records a processed request. A read stores its response; a successful change marks all stored responses as stale. */
  remember(method: string, url: URL, reply: SentReply): void {
    if (method === "GET") {
      if (reply.status === 200) this.last.set(url.href, reply);
    } else if (reply.status < 300) {
      for (const [address, answer] of this.last) this.previous.set(address, answer);
      this.last.clear();
    }
  }

  before(url: URL, requestId: string): SentReply {
    return this.previous.get(url.href) ?? serialize(errorReply(notFound(lastSegment(url.pathname)), requestId));
  }
}
