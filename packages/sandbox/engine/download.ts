import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { reason, type Progress } from "./obtain";

const answerWithinMs = 10_000;

/** Throws within 10 seconds if `url` is unreachable, so that a blocked download does not delay the other ways. */
export async function probe(url: string): Promise<void> {
  await request(url, { method: "HEAD", signal: AbortSignal.timeout(answerWithinMs) });
}

/** Downloads a small text file. Throws if the server does not respond within 10 seconds. */
export async function downloadText(url: string): Promise<string> {
  return (await request(url, { signal: AbortSignal.timeout(answerWithinMs) })).text();
}

/** Downloads a file and compares its SHA-256 with `sha256` (64 hexadecimal digits). Throws if the checksums differ. */
export async function download(url: string, file: string, sha256: string): Promise<void> {
  const { body } = await request(url);
  if (body === null) throw new Error(`${url} returned no content`);
  const hash = createHash("sha256");
  const hashed = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      hash.update(chunk);
      yield chunk;
    }
  };
  await pipeline(Readable.fromWeb(body), hashed, createWriteStream(file));
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
  await download(`${release}/${archive}`, packed, sha256);
  const strip = `--strip-components=${inside.split("/").length - 1}`;
  await promisify(execFile)("tar", ["--extract", "--gzip", "--file", packed, "--directory", bin, strip, inside]);
  await rm(packed);
}

/** Sends a request. `fetch` gives up after 10 seconds without a connection and after 5 minutes without data. */
async function request(url: string, init?: RequestInit): Promise<Response> {
  try {
    const response = await fetch(url, init);
    if (!response.ok) throw new Error(`returned ${response.status} ${response.statusText}`);
    return response;
  } catch (error) {
    throw new Error(`${url} is unreachable (${reason(error)})`, { cause: error });
  }
}
