import http from "node:http";
import https from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import type { KubeConfig } from "@kubernetes/client-node";

import type { PropertyMap } from "@smallstep-ssh/usersync/host";

/** An error response of the API, or a missing response (`status` 0). */
export class KubernetesError extends Error {
  override readonly name = "KubernetesError";
  constructor(
    message: string,
    readonly status: number,
    /** Reason from the API, such as `Conflict`, `AlreadyExists` or `Invalid`. */
    readonly reason: string,
    /** Plural name of the resource that the error refers to, such as `namespaces`. */
    readonly about?: string,
  ) {
    super(message);
  }
}

interface Request {
  query?: Record<string, string>;
  body?: unknown;
  contentType?: string;
  signal: AbortSignal;
}

interface Answer {
  status: number;
  text: string;
  headers: http.IncomingHttpHeaders;
}

/** Options for writing an object. */
export interface Write {
  fieldManager: string;
  /** Take over fields of other field managers. */
  force?: boolean;
  /** Return the result without storing it. */
  dryRun?: boolean;
}

const requestTimeoutMs = 60_000;
/** Maximum number of attempts when the server responds with 429 or 503. */
const attempts = 4;

/** Client of the Kubernetes API. It returns objects without conversion. */
export class Api {
  readonly server: string;

  constructor(
    private readonly config: KubeConfig,
    /** Receives the warnings of the API. */
    private readonly warn: (message: string) => void,
    private readonly signal: AbortSignal,
  ) {
    this.server = config.getCurrentCluster()?.server ?? "";
  }

  /** Reads an object. Returns `undefined` if it does not exist. */
  async get(path: string): Promise<PropertyMap | undefined> {
    try {
      return await this.json("GET", path);
    } catch (error) {
      if (error instanceof KubernetesError && error.status === 404) return undefined;
      throw error;
    }
  }

  async list(path: string, labelSelector: string): Promise<PropertyMap[]> {
    const { items } = await this.json("GET", path, { query: { labelSelector } });
    return (items ?? []) as PropertyMap[];
  }

  /** Creates an object. The API rejects an existing one. */
  create(path: string, object: PropertyMap, write: Write): Promise<PropertyMap> {
    return this.json("POST", path, { query: queryOf(write), body: object });
  }

  /** Writes an object by server-side apply. */
  apply(path: string, object: PropertyMap, write: Write): Promise<PropertyMap> {
    const query = { ...queryOf(write), force: String(write.force ?? false) };
    // JSON is valid YAML.
    return this.json("PATCH", path, { query, body: object, contentType: "application/apply-patch+yaml" });
  }

  /** Requests the deletion of an object, which finalizers can delay. Returns `false` if it does not exist. */
  async delete(path: string, propagationPolicy: string): Promise<boolean> {
    try {
      await this.json("DELETE", path, { body: { apiVersion: "v1", kind: "DeleteOptions", propagationPolicy } });
      return true;
    } catch (error) {
      if (error instanceof KubernetesError && error.status === 404) return false;
      throw error;
    }
  }

  private async json(method: string, path: string, request: Omit<Request, "signal"> = {}): Promise<PropertyMap> {
    const answer = await this.request(method, path, { ...request, signal: this.signal });
    for (const text of warningsOf(answer.headers)) this.warn(text);
    return JSON.parse(answer.text) as PropertyMap;
  }

  private async request(method: string, path: string, request: Request): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
      const answer = await this.send(method, path, request);
      if (answer.status < 300) return answer;
      const busy = answer.status === 429 || answer.status === 503;
      if (!busy || attempt === attempts) throw refusal(answer);
      const seconds = Number(answer.headers["retry-after"] ?? 1);
      await sleep(Math.min(Number.isFinite(seconds) ? seconds : 1, 10) * 1000, undefined, { signal: request.signal });
    }
  }

  private async send(method: string, path: string, { query, body, contentType, signal }: Request): Promise<Answer> {
    const url = new URL(this.server.replace(/\/$/, "") + path);
    url.search = new URLSearchParams(query).toString();
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const options: https.RequestOptions = { method, headers: { accept: "application/json" } };
    await this.config.applyToHTTPSOptions(options);
    const headers = {
      ...(options.headers as http.OutgoingHttpHeaders),
      "user-agent": "pulumi-kubernetes",
      ...(payload === undefined
        ? {}
        : { "content-type": contentType ?? "application/json", "content-length": Buffer.byteLength(payload) }),
    };
    const module = url.protocol === "http:" ? http : https;
    return new Promise((resolve, reject) => {
      const fail = (error: Error & { code?: string }) =>
        reject(signal.aborted ? error : new KubernetesError(this.unreachable(error), 0, "Unreachable"));
      const sent = module.request(url, { ...options, headers, signal, timeout: requestTimeoutMs }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", fail);
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            text: Buffer.concat(chunks).toString("utf8"),
            headers: response.headers,
          }),
        );
      });
      sent.on("error", fail);
      sent.on("timeout", () => sent.destroy(new Error(`no response within ${requestTimeoutMs / 1000} s`)));
      sent.end(payload);
    });
  }

  private unreachable(error: Error & { code?: string }): string {
    return `The Kubernetes API at ${this.server} cannot be reached: ${error.message || error.code || error.name}.`;
  }
}

function queryOf({ fieldManager, dryRun }: Write): Record<string, string> {
  return { fieldManager, fieldValidation: "Warn", ...(dryRun ? { dryRun: "All" } : {}) };
}

function refusal({ status, text }: Answer): KubernetesError {
  let body: { message?: string; reason?: string; details?: { kind?: string } } = {};
  try {
    body = JSON.parse(text) as typeof body;
  } catch {
    body = { message: text.slice(0, 500) };
  }
  const reason = body.reason ?? "";
  const message = `The Kubernetes API returned ${status}${reason && ` ${reason}`}: ${body.message ?? "no reason given"}`;
  return new KubernetesError(message, status, reason, body.details?.kind);
}

/** Parses the `Warning` header: `299 - "text"`, separated by commas. */
function warningsOf(headers: http.IncomingHttpHeaders): string[] {
  const all = String(headers["warning"] ?? "");
  return [...all.matchAll(/299 \S+ ("(?:[^"\\]|\\.)*")/g)].map(([, quoted]) =>
    quoted!.slice(1, -1).replaceAll(/\\(.)/g, "$1"),
  );
}
