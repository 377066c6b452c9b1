import { Agent, request } from "node:https";
import { secureContextFor } from "../trust";

/** An answer that is not the one wanted, or none; the message never holds a token. */
export class HttpError extends Error {
  override readonly name = "HttpError";
  constructor(
    message: string,
    /** 0 when there was no answer. */
    readonly status: number,
    /** Whether asking again may help. */
    readonly transient: boolean,
  ) {
    super(message);
  }
}

export interface GetOptions {
  headers?: Readonly<Record<string, string>>;
  /** PEM of a root to trust besides the public ones. Default: those of Node.js and NODE_EXTRA_CA_CERTS. */
  rootCert?: string | undefined;
  signal?: AbortSignal | undefined;
}

/** An agent of its own for each root: the common one would hand a connection that this root vouches for to who does not trust it. */
const agents = new Map<string, Agent>();
function agentTrusting(rootCert: string): Agent {
  const agent = agents.get(rootCert) ?? new Agent({ keepAlive: true, secureContext: secureContextFor(rootCert) });
  agents.set(rootCert, agent);
  return agent;
}

const timeoutMs = 30_000;
/** More than any page of provisioners or SCIM list needs; a longer answer is not what was asked for. */
const maxBytes = 16 * 1024 * 1024;

/**
 * GETs a JSON document over HTTPS. Certificates are always verified.
 * @throws HttpError in words
 */
export async function getJson(url: string, options: GetOptions = {}): Promise<unknown> {
  const { status, statusText, body } = await get(url, options);
  if (status !== 200) {
    const said = statusText === "" ? String(status) : `${status} ${statusText}`;
    throw new HttpError(`GET ${url} was answered ${said}`, status, status === 429 || status >= 500);
  }
  try {
    return JSON.parse(body) as unknown;
  } catch {
    throw new HttpError(`GET ${url} was answered with something that is not JSON`, status, true);
  }
}

function get(url: string, options: GetOptions): Promise<{ status: number; statusText: string; body: string }> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) =>
      reject(new HttpError(`GET ${url} got no answer (${error.code ?? error.message})`, 0, !isCertificateError(error)));
    const call = request(
      url,
      {
        headers: { accept: "application/json", ...options.headers },
        timeout: timeoutMs,
        // Said, so that NODE_TLS_REJECT_UNAUTHORIZED=0 does not unsay it.
        rejectUnauthorized: true,
        ...(options.rootCert === undefined ? {} : { agent: agentTrusting(options.rootCert) }),
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      },
      (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on("data", (chunk: Buffer) => {
          size += chunk.length;
          if (size > maxBytes) response.destroy(new Error("the answer is too long"));
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
    call.on("timeout", () => call.destroy(new Error(`nothing for ${timeoutMs / 1000} s`)));
    call.on("error", fail);
    call.end();
  });
}

/** A certificate that is not trusted stays so: asking again does not help. */
function isCertificateError(error: NodeJS.ErrnoException): boolean {
  return /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME/.test(error.code ?? "");
}

/** Repeats a call while its failure may pass, with growing waits. */
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
