import { escapeInvisible } from "entra-mappings";
import * as z from "zod/mini";
import { checkShape, parseJson, shorten } from "../json";
import type { Failure } from "../retry";

/** Failed call of Microsoft Graph, with a message of one line for the user who deploys. */
export class GraphError extends Error implements Failure {
  override readonly name = "GraphError";

  constructor(
    message: string,
    /** HTTP status; 0 without a usable response, 401 also when Entra ID issued no token. */
    readonly status: number,
    /** Graph's error code, such as `Authorization_RequestDenied`. */
    readonly code?: string,
    /** Permission that the call needs. */
    readonly permission?: string,
    /** Delay that the Retry-After header asks for. */
    readonly retryAfterMs?: number,
  ) {
    super(escapeInvisible(message));
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

const errorBody = z.object({ error: z.object({ code: z.nullish(z.string()), message: z.nullish(z.string()) }) });

/** Content of Graph's `{"error": {"code", "message"}}`. */
export type ErrorBody = Partial<z.infer<typeof errorBody>["error"]>;

export function readErrorBody(text: string): ErrorBody {
  try {
    return checkShape(errorBody, parseJson(text)).error;
  } catch {
    return {};
  }
}

/**
 * Formats the error message of a failed operation ("read the synchronization schema"), with the fix if there is a known
 * one.
 * @param answer `403`, or the description of a redirect
 */
export function errorMessage(
  operation: string,
  status: number,
  answer: string,
  body: ErrorBody,
  permission: string,
): string {
  const detail = shorten([body.code, body.message].filter(Boolean).join(": "));
  const reply = `${answer}${detail === "" ? "" : ` ${detail}`}`;
  switch (status) {
    case 401:
      return `Microsoft Graph did not accept the token to ${operation} (${reply}).`;
    case 403:
      return (
        `Microsoft Graph does not allow this application to ${operation} (${reply}): it needs the application permission ` +
        `${permission}, with admin consent.`
      );
    case 404:
      return `Microsoft Graph could not ${operation}: it does not exist (${reply}).`;
    case 429:
    case 503:
      return `Microsoft Graph is too busy to ${operation} (${reply}), also after the delays that it requested. Try again later.`;
    default:
      return `Microsoft Graph rejected the request to ${operation} (${reply}).`;
  }
}
