import { open, readFile, type FileHandle } from "node:fs/promises";
import { createServer, type Server } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Pair } from "../pki";

const followEveryMs = 200;

/** A container's log file, and whether its process still runs; undefined when there is none. */
export type LogFinder = (
  namespace: string,
  pod: string,
  container: string,
  previous: boolean,
) => { file: string; running(): boolean } | undefined;

/**
 * The one part of a kubelet's HTTPS API that the Kubernetes API server asks for when somebody reads Pod logs:
 * `GET /containerLogs/NAMESPACE/POD/CONTAINER`. Only holders of a certificate of the cluster's CA get an answer.
 */
export async function startLogServer(
  options: { serving: Pair; caFile: string },
  find: LogFinder,
): Promise<{ port: number; server: Server }> {
  const server = createServer(
    {
      key: await readFile(options.serving.key),
      cert: await readFile(options.serving.cert),
      ca: await readFile(options.caFile),
      requestCert: true,
      rejectUnauthorized: true,
    },
    (request, response) => {
      answer(request, response, find).catch((error: unknown) => {
        if (!response.headersSent) response.writeHead(500);
        response.end(error instanceof Error ? error.message : String(error));
      });
    },
  );
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  return { port: (server.address() as AddressInfo).port, server };
}

async function answer(request: IncomingMessage, response: ServerResponse, find: LogFinder): Promise<void> {
  const url = new URL(request.url ?? "/", "https://kubelet");
  const [, verb, namespace = "", pod = "", container = ""] = url.pathname.split("/").map(decodeURIComponent);
  const log =
    request.method === "GET" && verb === "containerLogs"
      ? find(namespace, pod, container, url.searchParams.get("previous") === "true")
      : undefined;
  if (log === undefined) {
    response.writeHead(404).end(`there is no log of container ${container} in Pod ${namespace}/${pod}\n`);
    return;
  }
  response.writeHead(200, { "content-type": "text/plain" });
  const file = await open(log.file, "r");
  try {
    const tailLines = url.searchParams.get("tailLines");
    let text = (await file.readFile()).toString();
    if (tailLines !== null) text = lastLines(text, Number(tailLines));
    const limit = url.searchParams.get("limitBytes");
    response.write(limit === null ? text : text.slice(0, Number(limit)));
    if (url.searchParams.get("follow") === "true") await follow(file, log.running, response);
  } finally {
    await file.close();
    response.end();
  }
}

async function follow(file: FileHandle, running: () => boolean, response: ServerResponse): Promise<void> {
  for (let last = false; !last && !response.destroyed;) {
    // What was written between the last read and the end of the process is read once more.
    last = !running();
    if (!last) await new Promise((resolve) => setTimeout(resolve, followEveryMs));
    response.write(await file.readFile());
  }
}

export function lastLines(text: string, count: number): string {
  if (count <= 0) return "";
  const lines = text.split("\n");
  const end = text.endsWith("\n") ? 1 : 0;
  return lines.slice(Math.max(0, lines.length - count - end)).join("\n");
}
