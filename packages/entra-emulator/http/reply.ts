/** Response of an endpoint. The server adds the headers that Graph sends with every response. */
export interface Reply {
  status: number;
  /** Sent as JSON. Default: no body. */
  body?: unknown;
  headers?: Record<string, string>;
}

/** An error response of Graph. Code that an endpoint calls throws it. */
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

/** Returns the directory's 404 for a missing object. */
export function notFound(id: string): GraphError {
  return new GraphError(
    404,
    "Request_ResourceNotFound",
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  );
}

/** Returns an error response in Graph's format. `innerError` identifies the request. */
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
