/** What an endpoint answers; the server adds Graph's usual headers. */
export interface Reply {
  status: number;
  /** Sent as JSON; absent: no body. */
  body?: unknown;
  headers?: Record<string, string>;
}

/** A refusal in Graph's own error shape. Thrown anywhere below an endpoint. */
export class GraphError extends Error {
  constructor(
    readonly status: number,
    /** Graph's error code, e.g. `Request_ResourceNotFound`. */
    readonly code: string,
    message: string,
    readonly headers: Record<string, string> = {},
  ) {
    super(message);
    this.name = "GraphError";
  }
}

export const ok = (body: unknown): Reply => ({ status: 200, body });
export const created = (body: unknown): Reply => ({ status: 201, body });
export const noContent = (): Reply => ({ status: 204 });

export function badRequest(message: string): GraphError {
  return new GraphError(400, "Request_BadRequest", message);
}

/** The directory's own words for an object that is not there. */
export function notFound(id: string): GraphError {
  return new GraphError(
    404,
    "Request_ResourceNotFound",
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  );
}

/** Graph's error body; `innerError` identifies the request. */
export function errorReply(error: GraphError, requestId: string): Reply {
  return {
    status: error.status,
    headers: error.headers,
    body: {
      error: {
        code: error.code,
        message: error.message,
        innerError: {
          date: new Date().toISOString().slice(0, 19),
          "request-id": requestId,
          "client-request-id": requestId,
        },
      },
    },
  };
}
