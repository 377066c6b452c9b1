import { Agent, request } from "node:https";
import { secureContextFor } from "./tls";

/** Failed HTTP request. The message never contains a token. */
export class HttpError extends Error {
  override readonly name = "HttpError";
  constructor(
    message: string,
    /** HTTP status; 0 without a response. */
    readonly status: number,
    /** Whether a retry can succeed. */
    readonly transient: boolean,
  ) {
    super(message);
  }
}

export interface GetOptions {
  headers?: Readonly<Record<string, string>>;
  /**
   * PEM text of a root certificate to trust in addition to the public ones. Default: those of Node.js and
   * NODE_EXTRA_CA_CERTS.
   */
  rootCert?: string | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * One agent per root certificate. A shared agent would reuse a connection for a caller that does not trust its root.
 */
const agents = new Map<string, Agent>();
function agentTrusting(rootCert: string): Agent {
  const agent = agents.get(rootCert) ?? new Agent({ keepAlive: true, secureContext: secureContextFor(rootCert) });
  agents.set(rootCert, agent);
  return agent;
}

const timeoutMs = 30_000;
/** Maximum response size, above any page of provisioners or SCIM list. */
const maxBytes = 16 * 1024 * 1024;

/**
 * Reads a JSON document over HTTPS. Always verifies certificates.
 * @throws HttpError with a message for the user
 */
export async function getJson(url: string, options: GetOptions = {}): Promise<unknown> {
  const { status, statusText, body } = await get(url, options);
  if (status !== 200) {
    const statusLine = statusText === "" ? String(status) : `${status} ${statusText}`;
    throw new HttpError(`GET ${url} returned ${statusLine}`, status, status === 429 || status >= 500);
  }
  try {
    return JSON.parse(body) as unknown;
  } catch {
    throw new HttpError(`GET ${url} returned a body that is not JSON`, status, true);
  }
}

function get(url: string, options: GetOptions): Promise<{ status: number; statusText: string; body: string }> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) =>
      reject(
        new HttpError(`GET ${url} got no response (${error.code ?? error.message})`, 0, !isCertificateError(error)),
      );
    const call = request(
      url,
      {
        headers: { accept: "application/json", ...options.headers },
        timeout: timeoutMs,
        // Set explicitly, so that NODE_TLS_REJECT_UNAUTHORIZED=0 has no effect.
        rejectUnauthorized: true,
        ...(options.rootCert === undefined ? {} : { agent: agentTrusting(options.rootCert) }),
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      },
      (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on("data", (chunk: Buffer) => {
          size += chunk.length;
          if (size > maxBytes) response.destroy(new Error("the response is too long"));
          else chunks.push(chunk);
        });
        response.on("error", fail);
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            statusText: response.statusMessage ?? "",
            body: Buffer.concat(chunks).toString("utf8"),
          }),
        );
      },
    );
    call.on("timeout", () => call.destroy(new Error(`no data for ${timeoutMs / 1000} s`)));
    call.on("error", fail);
    call.end();
  });
}

/** Detects certificate errors, which a retry cannot fix. */
function isCertificateError(error: NodeJS.ErrnoException): boolean {
  return /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME/.test(error.code ?? "");
}

/** Retries a call after transient HttpErrors. The delay doubles with each attempt, starting with `firstWaitMs`. */
export async function withRetry<T>(
  call: () => Promise<T>,
  options: { attempts: number; firstWaitMs: number },
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof HttpError) || !error.transient || attempt >= options.attempts) throw error;
      await new Promise((resolve) => setTimeout(resolve, options.firstWaitMs * 2 ** (attempt - 1)));
    }
  }
}
