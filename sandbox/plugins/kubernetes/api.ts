import http from "node:http";
import https from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import type { KubeConfig } from "@kubernetes/client-node";

import type { PropertyMap } from "../../../provider/host";

/** A refusal of the API, or no answer at all (`status` 0). */
export class KubernetesError extends Error {
  override readonly name = "KubernetesError";
  constructor(
    message: string,
    readonly status: number,
    /** As the API words it: `Conflict`, `AlreadyExists`, `Invalid`. */
    readonly reason: string,
    /** What the API could not find, in the plural: `namespaces`. */
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

/** How an object is written. */
export interface Write {
  fieldManager: string;
  /** Take over fields of other managers. */
  force?: boolean;
  /** Only say what would come of it. */
  dryRun?: boolean;
}

const requestTimeoutMs = 60_000;
/** How often a request is sent again that the server was too busy for. */
const attempts = 4;

/** The Kubernetes API, with objects as they are on the wire. */
export class Api {
  readonly server: string;

  constructor(
    private readonly config: KubeConfig,
    /** Told of what the API warns of. */
    private readonly warn: (message: string) => void,
    private readonly signal: AbortSignal,
  ) {
    this.server = config.getCurrentCluster()?.server ?? "";
  }

  /** `undefined`: there is no such object. */
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

  /** Makes an object; an existing one is an error. */
  create(path: string, object: PropertyMap, write: Write): Promise<PropertyMap> {
    return this.json("POST", path, { query: queryOf(write), body: object });
  }

  /** Server-side apply. */
  apply(path: string, object: PropertyMap, write: Write): Promise<PropertyMap> {
    const query = { ...queryOf(write), force: String(write.force ?? false) };
    // JSON is YAML.
    return this.json("PATCH", path, { query, body: object, contentType: "application/apply-patch+yaml" });
  }

  /** Asks for the end of an object; finalizers may take their time. True when it was there. */
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
      sent.on("timeout", () => sent.destroy(new Error(`no answer within ${requestTimeoutMs / 1000} s`)));
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
  let said: { message?: string; reason?: string; details?: { kind?: string } } = {};
  try {
    said = JSON.parse(text) as typeof said;
  } catch {
    said = { message: text.slice(0, 500) };
  }
  const reason = said.reason ?? "";
  const message = `The Kubernetes API answered ${status}${reason && ` ${reason}`}: ${said.message ?? "no reason given"}`;
  return new KubernetesError(message, status, reason, said.details?.kind);
}

/** `299 - "text"`, several of them joined by commas. */
function warningsOf(headers: http.IncomingHttpHeaders): string[] {
  const all = String(headers["warning"] ?? "");
  return [...all.matchAll(/299 \S+ ("(?:[^"\\]|\\.)*")/g)].map(([, quoted]) =>
    quoted!.slice(1, -1).replaceAll(/\\(.)/g, "$1"),
  );
}
