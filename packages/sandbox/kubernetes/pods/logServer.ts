import { open, readFile, type FileHandle } from "node:fs/promises";
import { createServer, type Server } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Pair } from "../pki";

const followEveryMs = 200;

/** Returns a container's log file and whether its process still runs, or undefined if the log does not exist. */
export type LogFinder = (
  namespace: string,
  pod: string,
  container: string,
  previous: boolean,
) => { file: string; running(): boolean } | undefined;

/**
 * Starts the part of a kubelet's HTTPS API that the Kubernetes API server calls to read Pod logs:
 * `GET /containerLogs/NAMESPACE/POD/CONTAINER`. Clients need a certificate of the cluster's CA.
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
    response.writeHead(404).end(`no log exists for container ${container} in Pod ${namespace}/${pod}\n`);
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
    // After the process exits, read once more to get output written since the last read.
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
