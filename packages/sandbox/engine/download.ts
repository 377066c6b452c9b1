import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { reason, type Progress } from "./progress";

const answerWithinMs = 10_000;
const stalledAfterMs = 30_000;
const reportEveryMs = 10_000;

/** Throws within 10 seconds if `url` is unreachable, so that a blocked download does not delay the other ways. */
export async function probe(url: string): Promise<void> {
  const response = await answer(url, "HEAD");
  await response.body?.cancel();
}

/** Downloads a small text file. Throws if the server does not respond within 10 seconds. */
export async function downloadText(url: string): Promise<string> {
  return (await answer(url, "GET")).text();
}

/**
 * Downloads a file and compares its SHA-256 with `sha256` (64 hexadecimal digits). Throws if the checksums differ, if
 * the server does not respond within 10 seconds, or if it sends nothing for 30 seconds.
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
    if (response.body === null) throw new Error(`${url} returned no content`);
    const body = Readable.fromWeb(response.body);
    await pipeline(body, meter, createWriteStream(file), { signal: stalled.signal });
  } catch (error) {
    throw stalled.signal.aborted ? new Error(`${url} sent nothing for ${stalledAfterMs / 1000} s`) : error;
  } finally {
    clearTimeout(timer);
    clearInterval(report);
  }
  const got = hash.digest("hex");
  if (got !== sha256.toLowerCase())
    throw new Error(`${url} has the SHA-256 ${got}, but the published SHA-256 is ${sha256}`);
}

/**
 * Downloads a release archive (.tar.gz), compares it with the list of checksums, and extracts one file to `bin`.
 * Throws as `download` does, or if the list does not contain the archive.
 */
export async function downloadFromArchive(
  given: { release: string; checksums: string; archive: string; inside: string; bin: string },
  progress: Progress,
): Promise<void> {
  const { release, archive, bin, inside } = given;
  const checksums = `${release}/${given.checksums}`;
  const line = (await downloadText(checksums)).split("\n").find((one) => one.trim().endsWith(` ${archive}`));
  const sha256 = line?.split(/\s+/)[0];
  if (sha256 === undefined) throw new Error(`${checksums} has no line for ${archive}`);
  await mkdir(bin, { recursive: true });
  const packed = path.join(bin, archive);
  progress(`downloading ${release}/${archive}`);
  await download(`${release}/${archive}`, packed, sha256, progress);
  const strip = `--strip-components=${inside.split("/").length - 1}`;
  await promisify(execFile)("tar", ["--extract", "--gzip", "--file", packed, "--directory", bin, strip, inside]);
  await rm(packed);
}

async function answer(url: string, method: "GET" | "HEAD"): Promise<Response> {
  // Limits only the time until the response starts.
  const controller = new AbortController();
  const timer = setTimeout(
    () => controller.abort(new Error(`no response within ${answerWithinMs / 1000} s`)),
    answerWithinMs,
  );
  try {
    const response = await fetch(url, { method, signal: controller.signal });
    if (!response.ok) throw new Error(`returned ${response.status} ${response.statusText}`);
    return response;
  } catch (error) {
    throw new Error(`${url} is unreachable (${reason(error)})`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

function mega(bytes: number): number {
  return Math.round(bytes / 1e6);
}
