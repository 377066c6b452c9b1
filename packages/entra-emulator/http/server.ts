import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";

import type { IssuedCertificate } from "../tls";
import type { Fault, Faults } from "../faults";
import type { RequestLog } from "../log";
import { LoginError, loginErrorReply } from "../login/errors";
import { handleLogin } from "../login/handler";
import { readBody } from "./body";
import { refusalOf } from "./faultReply";
import { callerOf, handleGraph, type GraphServices } from "./graphHandler";
import { errorReply, GraphError, type Reply } from "./reply";
import { StaleReads } from "./staleReads";

export interface HttpServices extends Omit<GraphServices, "root"> {
  log: RequestLog;
  faults: Faults;
}

export interface RunningServer {
  root: string;
  close(): Promise<void>;
}

/** Serves Graph and sign-in over HTTPS on a loopback address. Port 0 selects a free port. */
export async function serve(
  services: HttpServices,
  certificates: { issue(): Promise<IssuedCertificate> },
  port = 0,
  host: "127.0.0.1" | "::1" = "127.0.0.1",
): Promise<RunningServer> {
  const server = createServer({ ...(await certificates.issue()), minVersion: "TLSv1.2" });
  await listen(server, port, host);
  const root = `https://localhost:${(server.address() as AddressInfo).port}`;
  const handler = new Handler({ ...services, root }, services.log, services.faults);
  server.on("request", (request, response) => void handler.handle(request, response).catch(() => refuse(response)));
  return {
    root,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject).listen(port, host, () => resolve());
  });
}

/** Rejects a request whose URL is malformed. */
function refuse(response: ServerResponse): void {
  response.writeHead(400, { "Content-Length": 0 }).end();
}

class Handler {
  private readonly stale = new StaleReads();

  constructor(
    private readonly services: GraphServices,
    private readonly log: RequestLog,
    private readonly faults: Faults,
  ) {}

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = randomUUID();
    const time = new Date().toISOString();
    const method = request.method ?? "GET";
    const url = new URL(request.url ?? "/", this.services.root);
    const bodyText = await readBody(request).catch(() => null);
    if (bodyText === null) return void response.socket?.destroy();

    let clientId = loginClient(bodyText, url);
    const graph = /^\/(v1\.0|beta)\//.test(url.pathname);
    let fault: Fault | undefined;
    let reply: Reply;
    try {
      const caller = graph ? await callerOf(this.services, request.headers.authorization) : undefined;
      clientId = caller?.clientId ?? clientId;
      fault = this.faults.take({ method, path: url.pathname, clientId });
      const refusal = fault && refusalOf(fault, url.pathname);
      if (refusal) throw refusal;
      if (fault?.kind === "reset" && fault.when === "before") reply = { status: 0 };
      else if (fault?.kind === "stall") reply = { status: 0 };
      else if (fault?.kind === "staleRead" && method === "GET") reply = this.stale.before(url, requestId);
      else if (caller) {
        reply = await handleGraph(this.services, { method, url, bodyText, caller });
        this.stale.remember(method, url, reply);
      } else reply = await this.login(method, url, bodyText);
    } catch (error) {
      reply = toReply(error, requestId);
    }
    if (fault?.kind === "reset") reply = { status: 0 };
    this.log.add({
      time,
      method,
      path: decodeURI(url.pathname),
      query: url.search,
      status: reply.status,
      clientId,
      userAgent: request.headers["user-agent"] ?? "",
      body: loggedBody(bodyText, request.headers["content-type"]),
      ...(fault ? { fault: fault.kind } : {}),
    });
    if (fault?.kind === "slow") await setTimeout(fault.milliseconds, undefined, { ref: false });
    send(response, reply, fault, requestId);
  }

  private async login(method: string, url: URL, bodyText: string): Promise<Reply> {
    const { state, keys, root } = this.services;
    const reply = await handleLogin(state, keys, root, { method, url, bodyText });
    if (!reply) throw new GraphError(404, "NotFound", `The emulator does not implement ${method} ${url.pathname}.`);
    return reply;
  }
}

function toReply(error: unknown, requestId: string): Reply {
  if (error instanceof GraphError) return errorReply(error, requestId);
  if (error instanceof LoginError) return loginErrorReply(error);
  // A bug in the emulator. Print it, so that no test mistakes it for behaviour of the service.
  console.error("Unexpected error in the Graph emulator:", error);
  return errorReply(new GraphError(500, "EmulatorDefect", String(error)), requestId);
}

function send(response: ServerResponse, reply: Reply, fault: Fault | undefined, requestId: string): void {
  if (fault?.kind === "stall") {
    if (fault.milliseconds !== undefined) void cutAfter(response, fault.milliseconds);
    return;
  }
  if (reply.status === 0) return void response.socket?.destroy();
  const body = reply.body === undefined ? undefined : Buffer.from(JSON.stringify(reply.body));
  response.writeHead(reply.status, {
    "Cache-Control": "no-cache",
    "request-id": requestId,
    "client-request-id": requestId,
    Date: new Date().toUTCString(),
    ...(body
      ? {
          "Content-Type": "application/json;odata.metadata=minimal;odata.streaming=true;charset=utf-8",
          "Content-Length": body.length,
        }
      : {}),
    ...reply.headers,
  });
  if (body && fault?.kind === "truncate") {
    response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.socket?.destroy());
    return;
  }
  response.end(body);
}

async function cutAfter(response: ServerResponse, milliseconds: number): Promise<void> {
  await setTimeout(milliseconds, undefined, { ref: false });
  response.socket?.destroy();
}

function loginClient(bodyText: string, url: URL): string | null {
  return url.pathname.endsWith("/token") ? new URLSearchParams(bodyText).get("client_id") : null;
}

function loggedBody(text: string, contentType: string | undefined): unknown {
  if (text === "") return undefined;
  if (contentType?.includes("urlencoded")) return Object.fromEntries(new URLSearchParams(text));
  try {
    return JSON.parse(text);
  } catch {
    return { unreadable: text.length };
  }
}
