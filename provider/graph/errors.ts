/** A call of Microsoft Graph that did not succeed, in one sentence for the person who deploys. */
export class GraphError extends Error {
  override readonly name = "GraphError";

  constructor(
    message: string,
    /** HTTP status; 0 when there was no answer at all, 401 also when Entra ID issued no token. */
    readonly status: number,
    /** Graph's own code, such as `Authorization_RequestDenied`. */
    readonly code?: string,
    /** The permission that the call needs. */
    readonly permission?: string,
    /** Seconds that the service asks to wait. */
    readonly retryAfter?: number,
  ) {
    super(message);
  }
}

export function isNotFound(error: unknown): boolean {
  return error instanceof GraphError && error.status === 404;
}

/** What a call answers; undefined when what it asks for is not there. */
export async function undefinedIfNotFound<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Graph's `{"error": {"code", "message"}}`. */
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

/** What went wrong with `what` ("read the synchronization schema"), and what to do about it where that is known. */
export function errorMessage(operation: string, status: number, body: ErrorBody, permission: string): string {
  const said = [body.code, body.message].filter((part) => part !== undefined && part !== "").join(": ");
  const answer = `${status}${said === "" ? "" : ` ${said}`}`.replace(/\s+/g, " ").replace(/\.$/, "");
  switch (status) {
    case 401:
      return `Microsoft Graph did not accept the token to ${operation} (${answer}).`;
    case 403:
      return (
        `Microsoft Graph does not allow this application to ${operation} (${answer}): it needs the application permission ` +
        `${permission}, with admin consent.`
      );
    case 404:
      return `Microsoft Graph could not ${operation}: it is not there (${answer}).`;
    case 429:
    case 503:
      return `Microsoft Graph is too busy to ${operation} (${answer}), and still was after waiting as it asked.`;
    default:
      return `Microsoft Graph refused to ${operation} (${answer}).`;
  }
}
