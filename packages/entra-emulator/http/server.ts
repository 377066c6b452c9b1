import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout } from "node:timers/promises";

import type { Fault, Faults } from "../faults";
import { parseJson } from "../json";
import type { RequestLog } from "../log";
import { authenticate } from "../login/tokens";
import { LoginError, loginErrorReply } from "../login/errors";
import { handleLogin } from "../login/handler";
import type { IssuedCertificate } from "../tls";
import { refusalOf, StaleReads } from "./faultReply";
import { handleGraph, type Services } from "./graph";
import { errorReply, GraphError, serialize, type SentReply } from "./reply";
import { serveHttps } from "./serveHttps";

const largestBody = 8 * 1024 * 1024;

/** Serves Graph and sign-in over HTTPS on a loopback address. Port 0 selects a free port. */
export async function serve(
  services: Omit<Services, "root">,
  { log, faults }: { log: RequestLog; faults: Faults },
  certificate: IssuedCertificate,
  port?: number,
  host?: "127.0.0.1" | "::1",
): Promise<{ root: string; close(): Promise<void> }> {
  const stale = new StaleReads();
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    // Fails only for a request whose URL is malformed.
    respond(request, response).catch(() => response.writeHead(400, { "Content-Length": 0 }).end());
  };
  const { url: root, close } = await serveHttps(certificate, listener, port, host);
  return { root, close };

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = randomUUID();
    const time = new Date().toISOString();
    const method = request.method ?? "GET";
    const url = new URL(request.url ?? "/", root);
    const bodyText = await readBody(request).catch(() => null);
    if (bodyText === null) return void response.socket?.destroy();

    let clientId = url.pathname.endsWith("/token") ? new URLSearchParams(bodyText).get("client_id") : null;
    const isGraph = /^\/(v1\.0|beta)\//.test(url.pathname);
    let fault: Fault | undefined;
    let reply: SentReply;
    try {
      const caller = isGraph ? await authenticate(services.keys, request.headers.authorization, root) : undefined;
      clientId = caller?.clientId ?? clientId;
      fault = faults.take({ method, path: url.pathname, clientId });
      const refusal = fault && refusalOf(fault, url.pathname);
      if (refusal) throw refusal;
      if (fault?.kind === "stall" || (fault?.kind === "reset" && fault.when === "before")) reply = { status: 0 };
      else if (fault?.kind === "staleRead" && method === "GET") reply = stale.before(url, requestId);
      else if (caller) {
        reply = serialize(await handleGraph({ ...services, root }, { method, url, bodyText, caller }));
        stale.remember(method, url, reply);
      } else reply = serialize(await handleLogin({ ...services, root }, { method, url, bodyText }));
    } catch (error) {
      reply = toReply(error, requestId);
    }
    if (fault?.kind === "reset") reply = { status: 0 };
    log.add({
      ...{ time, method, path: decodeURI(url.pathname), query: url.search, status: reply.status, clientId },
      userAgent: request.headers["user-agent"] ?? "",
      body: loggedBody(bodyText, request.headers["content-type"]),
      fault: fault?.kind,
    });
    if (fault?.kind === "slow") await setTimeout(fault.milliseconds, undefined, { ref: false });
    if (fault?.kind === "answer" && reply.status < 400)
      reply = { status: 200, text: fault.text(reply.text ?? "", url) };
    await send(response, reply, fault, requestId);
  }
}

/** Rejects a body of more than 8 MiB. */
async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largestBody) throw new Error("The request body is too large.");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function toReply(error: unknown, requestId: string): SentReply {
  if (error instanceof GraphError) return serialize(errorReply(error, requestId));
  if (error instanceof LoginError) return serialize(loginErrorReply(error));
  // A bug in the emulator. Print it, so that no test mistakes it for behaviour of the service.
  console.error("Unexpected error in the Graph emulator:", error);
  return serialize(errorReply(new GraphError(500, "EmulatorDefect", String(error)), requestId));
}

async function send(
  response: ServerResponse,
  reply: SentReply,
  fault: Fault | undefined,
  requestId: string,
): Promise<void> {
  if (fault?.kind === "stall") {
    if (fault.milliseconds === undefined) return;
    await setTimeout(fault.milliseconds, undefined, { ref: false });
  }
  if (reply.status === 0) return void response.socket?.destroy();
  const headers = { "Cache-Control": "no-cache", "request-id": requestId, "client-request-id": requestId };
  if (reply.text === undefined) return void response.writeHead(reply.status, { ...headers, ...reply.headers }).end();
  const body = Buffer.from(reply.text);
  response.writeHead(reply.status, {
    ...headers,
    "Content-Type": "application/json;odata.metadata=minimal;odata.streaming=true;charset=utf-8",
    "Content-Length": body.length,
    ...reply.headers,
  });
  if (fault?.kind !== "truncate") return void response.end(body);
  response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.socket?.destroy());
}

function loggedBody(text: string, contentType: string | undefined): unknown {
  if (text === "") return undefined;
  if (contentType?.includes("urlencoded")) return Object.fromEntries(new URLSearchParams(text));
  const json = parseJson(text);
  return json === undefined ? { unreadable: text.length } : json;
}
