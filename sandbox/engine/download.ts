import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { reason, type Progress } from "./progress";

const answerWithinMs = 10_000;
const stalledAfterMs = 30_000;
const reportEveryMs = 10_000;

/** Throws within ten seconds when `url` cannot be reached: a blocked download must not hold up the other ways. */
export async function probe(url: string): Promise<void> {
  const response = await answer(url, "HEAD");
  await response.body?.cancel();
}

/** A small text file. */
export async function downloadText(url: string): Promise<string> {
  return (await answer(url, "GET")).text();
}

/**
 * Downloads a file and compares its SHA-256 with `sha256` (64 hex digits). Gives up when the server does not
 * answer within ten seconds or sends nothing for thirty.
 */
export async function download(url: string, file: string, sha256: string, progress: Progress): Promise<void> {
  const stalled = new AbortController();
  let timer = setTimeout(() => stalled.abort(), stalledAfterMs);
  const response = await answer(url, "GET");
  const total = Number(response.headers.get("content-length") ?? 0);
  const hash = createHash("sha256");
  let bytes = 0;
  const report = setInterval(() => progress(`${url}: ${mega(bytes)} of ${mega(total)} MB`), reportEveryMs);
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      clearTimeout(timer);
      timer = setTimeout(() => stalled.abort(), stalledAfterMs);
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  try {
    if (response.body === null) throw new Error(`${url} answered without content`);
    const body = Readable.fromWeb(response.body as ReadableStream);
    await pipeline(body, meter, createWriteStream(file), { signal: stalled.signal });
  } catch (error) {
    throw stalled.signal.aborted ? new Error(`${url} sent nothing for ${stalledAfterMs / 1000} s`) : error;
  } finally {
    clearTimeout(timer);
    clearInterval(report);
  }
  const got = hash.digest("hex");
  if (got !== sha256.toLowerCase())
    throw new Error(`${url} has the SHA-256 ${got}, but ${sha256} was published for it`);
}

async function answer(url: string, method: "GET" | "HEAD"): Promise<Response> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), answerWithinMs);
  try {
    const response = await fetch(url, { method, signal: controller.signal });
    if (!response.ok) throw new Error(`answered ${response.status} ${response.statusText}`);
    return response;
  } catch (error) {
    const why = controller.signal.aborted ? `no answer within ${answerWithinMs / 1000} s` : reason(error);
    throw new Error(`${url} could not be reached (${why})`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

function mega(bytes: number): number {
  return Math.round(bytes / 1e6);
}
