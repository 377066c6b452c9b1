/** Response of an endpoint. The server adds the headers that Graph sends with every response. */
export interface Reply {
  status: number;
  /** Sent as JSON. Default: no body. */
  body?: unknown;
  headers?: Record<string, string>;
}

/** A response as it is sent. Later changes of the objects that it was made from do not change it. */
export interface SentReply extends Omit<Reply, "body"> {
  /** Default: no body. */
  text?: string;
}

export function serialize({ status, headers, body }: Reply): SentReply {
  return { status, headers, text: body === undefined ? undefined : JSON.stringify(body) };
}

/** An error response of Graph. Code that an endpoint calls throws it. */
export class GraphError extends Error {
  override readonly name = "GraphError";

  constructor(
    readonly status: number,
    /** Graph's error code, e.g. `Request_ResourceNotFound`. */
    readonly code: string,
    message: string,
    readonly headers: Record<string, string> = {},
  ) {
    super(message);
  }
}

export function ok(body: unknown): Reply {
  return { status: 200, body };
}

export function badRequest(message: string): GraphError {
  return new GraphError(400, "Request_BadRequest", message);
}

export function forbidden(): GraphError {
  return new GraphError(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.");
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
export function errorReply({ status, headers, code, message }: GraphError, requestId: string): Reply {
  const date = new Date().toISOString().slice(0, 19);
  const innerError = { date, "request-id": requestId, "client-request-id": requestId };
  return { status, headers, body: { error: { code, message, innerError } } };
}
