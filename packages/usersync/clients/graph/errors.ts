/** Failed call of Microsoft Graph, with a one-sentence message for the user who deploys. */
export class GraphError extends Error {
  override readonly name = "GraphError";

  constructor(
    message: string,
    /** HTTP status; 0 without a response, 401 also when Entra ID issued no token. */
    readonly status: number,
    /** Graph's error code, such as `Authorization_RequestDenied`. */
    readonly code?: string,
    /** Permission that the call needs. */
    readonly permission?: string,
    /** Seconds from the Retry-After header. */
    readonly retryAfter?: number,
  ) {
    super(message);
  }
}

export function isNotFound(error: unknown): boolean {
  return error instanceof GraphError && error.status === 404;
}

/** Returns the result of a call; undefined if Graph returned 404. */
export async function undefinedIfNotFound<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Content of Graph's `{"error": {"code", "message"}}`. */
export interface ErrorBody {
  code?: string;
  message?: string;
}

export function readErrorBody(text: string | null | undefined): ErrorBody {
  try {
    const { error } = JSON.parse(text ?? "") as { error?: { code?: unknown; message?: unknown } };
    return {
      ...(typeof error?.code === "string" ? { code: error.code } : {}),
      ...(typeof error?.message === "string" ? { message: error.message } : {}),
    };
  } catch {
    return {};
  }
}

/**
 * Formats the error message of a failed operation ("read the synchronization schema"), with the fix if there is a known
 * one.
 */
export function errorMessage(operation: string, status: number, body: ErrorBody, permission: string): string {
  const detail = [body.code, body.message].filter((part) => part !== undefined && part !== "").join(": ");
  const answer = `${status}${detail === "" ? "" : ` ${detail}`}`.replace(/\s+/g, " ").replace(/\.$/, "");
  switch (status) {
    case 401:
      return `Microsoft Graph did not accept the token to ${operation} (${answer}).`;
    case 403:
      return (
        `Microsoft Graph does not allow this application to ${operation} (${answer}): it needs the application permission ` +
        `${permission}, with admin consent.`
      );
    case 404:
      return `Microsoft Graph could not ${operation}: it does not exist (${answer}).`;
    case 429:
    case 503:
      return `Microsoft Graph is too busy to ${operation} (${answer}), also after the delays that it requested. Try again later.`;
    default:
      return `Microsoft Graph rejected the request to ${operation} (${answer}).`;
  }
}
