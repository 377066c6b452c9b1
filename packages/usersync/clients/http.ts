import { Agent as HttpAgent, request as httpRequest, STATUS_CODES, type IncomingMessage } from "node:http";
import { Agent, request as httpsRequest } from "node:https";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { escapeInvisible } from "entra-mappings";
import { HttpsProxyAgent } from "https-proxy-agent";
import { getProxyForUrl } from "proxy-from-env";
import { registerHeaders } from "../output";
import { checkShape, parseJson, type Shape } from "./json";
import {
  defaultTimes,
  failureCodes,
  isTransient,
  parseRetryAfterMs,
  withRetry,
  type Failure,
  type RetryTimes,
} from "./retry";
import { secureContextFor } from "./tls";

/** Failed HTTP request. The message is one line. */
export class HttpError extends Error implements Failure {
  override readonly name = "HttpError";
  readonly code: string | undefined;
  readonly retryAfterMs: number | undefined;
  /** The response, if there is a complete one. */
  readonly response: HttpResponse | undefined;

  constructor(
    /** `GET https://host/path` */
    request: string,
    /** Cause, as the end of the sentence. */
    readonly reason: string,
    /** HTTP status; 0 without a usable response. */
    readonly status: number,
    more: Omit<Failure, "status"> & { response?: HttpResponse; cause?: unknown } = {},
  ) {
    super(escapeInvisible(`${request} ${reason}`), { cause: more.cause });
    this.code = more.code;
    this.retryAfterMs = more.retryAfterMs;
    this.response = more.response;
  }

  /** Message of the cause, without what this class adds. */
  get detail(): string {
    return this.cause instanceof Error ? this.cause.message : this.reason;
  }

  /** Whether a retry can succeed. */
  get transient(): boolean {
    return isTransient(this);
  }
}

export interface HttpRequest {
  url: string;
  /** Default: GET. */
  method?: string | undefined;
  headers?: Readonly<Record<string, string>> | undefined;
  body?: string | undefined;
  signal?: AbortSignal | undefined;
  /** Default: 30 seconds. */
  timeoutMs?: number | undefined;
  /**
   * PEM text of a root certificate to trust in addition to the public ones and those of NODE_EXTRA_CA_CERTS. Default:
   * none.
   */
  rootCert?: string | undefined;
  /** Also allow `http://`. Default: false. */
  allowInsecure?: boolean | undefined;
  /** Connect directly, for addresses of this machine's network. Default: as HTTPS_PROXY and NO_PROXY require. */
  noProxy?: boolean | undefined;
}

export interface HttpResponse {
  status: number;
  headers: Readonly<Record<string, string>>;
  text: string;
}

/** Maximum size of a response after decompression, above any page of members or provisioners. */
const maxBytes = 16 * 1024 * 1024;

/**
 * Sends one request and returns the response with any status. Does not follow redirects. Always verifies certificates.
 * @throws HttpError without a complete response; AbortError
 */
export async function send(request: HttpRequest): Promise<HttpResponse> {
  const { url, method = "GET", signal, timeoutMs = 30_000 } = request;
  const timeout = AbortSignal.timeout(timeoutMs);
  registerHeaders(request.headers ?? {});
  try {
    signal?.throwIfAborted();
    const response = await sendOnce(request, signal === undefined ? timeout : AbortSignal.any([signal, timeout]));
    const headers = Object.entries(response.headers).map(([name, value]) => [name, String(value)]);
    return { status: response.statusCode ?? 0, headers: Object.fromEntries(headers), text: await readText(response) };
  } catch (error) {
    if (signal?.aborted === true) throw signal.reason;
    const cause: NodeJS.ErrnoException = timeout.aborted
      ? Object.assign(new Error(`no response within ${timeoutMs / 1000} seconds`), { code: failureCodes.timeout })
      : error instanceof Error
        ? error
        : new Error(String(error));
    // The parsers of HTTP and gzip report a broken response.
    const code = /^(HPE|Z)_/.test(cause.code ?? "") ? failureCodes.incomplete : cause.code;
    const isOurs = code === undefined || Object.values<string>(failureCodes).includes(code);
    const reason = `got no response (${isOurs ? cause.message : code})`;
    throw new HttpError(`${method} ${withoutQuery(url)}`, reason, 0, { code, cause });
  }
}

function sendOnce(request: HttpRequest, signal: AbortSignal): Promise<IncomingMessage> {
  const { url, method = "GET", headers, body, rootCert, allowInsecure, noProxy } = request;
  const isHttp = /^http:/i.test(url);
  if (isHttp && allowInsecure !== true) throw new Error("the address does not start with https://");
  const secureContext = rootCert === undefined ? undefined : secureContextFor(rootCert);
  const options = {
    method,
    headers: { accept: "application/json", "accept-encoding": "gzip", ...headers },
    // Set explicitly, so that NODE_TLS_REJECT_UNAUTHORIZED=0 has no effect.
    rejectUnauthorized: true,
    agent: agentFor(isHttp, noProxy === true ? "" : proxyFor(url), rootCert),
    signal,
    // The proxy agent takes it from here.
    secureContext,
  };
  return new Promise((resolve, reject) => {
    const call = (isHttp ? httpRequest : httpsRequest)(url, options);
    call.on("response", resolve).on("error", reject);
    call.end(body);
  });
}

/** Returns the proxy for a URL; "": none. An address without a scheme is an HTTP proxy, as in curl. The library takes the request's scheme. */
function proxyFor(url: string): string {
  const proxy = getProxyForUrl(url);
  const names = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
  const bare = names
    .map((name) => process.env[name] ?? "")
    .find((value) => value !== "" && proxy === `https://${value}`);
  return bare === undefined ? proxy : `http://${bare}`;
}

const agents = new Map<string, HttpAgent>();

/** Returns an agent for each root certificate: it would reuse a connection for a caller that does not trust its root. */
function agentFor(isHttp: boolean, proxy: string, rootCert: string | undefined): HttpAgent {
  const key = JSON.stringify([isHttp, proxy, rootCert]);
  let agent = agents.get(key);
  if (agent === undefined) {
    if (proxy !== "" && !/^https?:$/.test(URL.parse(proxy)?.protocol ?? "")) {
      throw new Error("HTTPS_PROXY or ALL_PROXY is not the URL of an HTTP proxy");
    }
    const options = { keepAlive: true };
    agent = proxy !== "" ? new HttpsProxyAgent(proxy, options) : isHttp ? new HttpAgent(options) : new Agent(options);
    agents.set(key, agent);
  }
  return agent;
}

async function readText(response: IncomingMessage): Promise<string> {
  const gzip = response.headers["content-encoding"] === "gzip";
  const chunks: Buffer[] = [];
  let size = 0;
  // The loop throws the error of the pipeline.
  for await (const chunk of gzip ? pipeline(response, createGunzip(), () => undefined) : response) {
    if (!(chunk instanceof Buffer)) continue;
    size += chunk.length;
    if (size > maxBytes) {
      response.destroy();
      throw Object.assign(new Error(`more than ${maxBytes / 1024 ** 2} MiB`), { code: failureCodes.tooLarge });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/**
 * Sends one request and returns the JSON of a successful response.
 * @throws HttpError, also for another status and if the document does not have the shape
 */
export async function exchange<T>(
  request: HttpRequest,
  shape: Shape<T>,
  preserveNumbers = false,
): Promise<{ body: T; headers: HttpResponse["headers"] }> {
  const response = await send(request);
  const { status, headers, text } = response;
  const subject = `${request.method ?? "GET"} ${withoutQuery(request.url)}`;
  if (status < 200 || status >= 300) {
    const retryAfterMs = parseRetryAfterMs(headers["retry-after"]);
    throw new HttpError(subject, describeStatus(response), status, { retryAfterMs, response });
  }
  let code: string = failureCodes.incomplete;
  try {
    const value = text === "" ? undefined : parseJson(text, preserveNumbers);
    code = failureCodes.invalidAnswer;
    return { body: checkShape(shape, value), headers };
  } catch (cause) {
    const reason = `returned an unexpected answer: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new HttpError(subject, reason, 0, { code, response, cause });
  }
}

export interface GetOptions extends Pick<HttpRequest, "headers" | "rootCert" | "signal"> {
  /** Number of retries after transient failures. Default: 2. */
  retries?: number | undefined;
  /** Default: a first delay of 1 second, and 30 seconds for one request. */
  times?: RetryTimes | undefined;
}

/** Reads a JSON document over HTTPS. Retries transient failures. @throws HttpError with a message for the user */
export async function getJson<T>(url: string, shape: Shape<T>, options: GetOptions = {}): Promise<T> {
  const { retries = 2, times = { ...defaultTimes, requestMs: 30_000 }, ...rest } = options;
  const read = () => exchange({ url, timeoutMs: times.requestMs, ...rest }, shape);
  return (await withRetry(read, { times, retries, signal: options.signal })).body;
}

/** Formats an unexpected status. A redirect often leads to the sign-in page of a proxy or a portal. */
export function describeStatus({ status, headers: { location } }: HttpResponse): string {
  const target = location !== undefined && URL.canParse(location) ? ` to ${new URL(location).origin}` : "";
  const text = `returned ${status} ${STATUS_CODES[status] ?? ""}`.trimEnd();
  return status >= 300 && status < 400 ? `${text}, a redirect${target}` : text;
}

/** Query parameters can be long, and a user needs only the address. */
function withoutQuery(url: string): string {
  return url.replace(/\?.*/s, "");
}
