import { randomUUID } from "node:crypto";
import { lstat, open, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import { printableText } from "@smallstep-ssh/usersync/output";
import { CliError } from "./errors";

/** Reads a file. Undefined: the file does not exist. @throws CliError if it cannot be read */
export async function readIfExists(file: string): Promise<string | undefined> {
  return unlessMissing(readFile(file, "utf8")).catch((error: unknown) => {
    throw new CliError([`Cannot read ${file}: ${messageOf(error)}.`]);
  });
}

/**
 * Replaces a file at once: writes a new file in the same folder, then renames it. An error leaves the old file. Follows no symbolic link.
 * @param content the pieces of the content
 * @param given `personal`: the file holds personal data, so only its owner can read it. `previous`: the content that the new one is
 * based on (`undefined`: no file)
 * @throws CliError if the file cannot be written, or no longer has the previous content
 */
export async function replaceFile(
  file: string,
  content: Iterable<string>,
  given: { personal?: boolean; previous?: { content: string | undefined } } = {},
): Promise<void> {
  const temporary = path.join(path.dirname(file), `.${path.basename(file)}.${randomUUID()}.tmp`);
  try {
    const stats = await unlessMissing(lstat(file));
    if (stats?.isFile() === false)
      throw new CliError([`Cannot write ${file}: it is not a regular file. Give another path.`]);
    const handle = await open(temporary, "wx", given.personal ? 0o600 : (stats?.mode ?? 0o666) & 0o777);
    try {
      for (const piece of content) await handle.appendFile(given.personal ? printableText(piece) : piece);
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (given.previous !== undefined && (await readIfExists(file)) !== given.previous.content) {
      throw new CliError([`${file}: another program has changed the file. Run the command again.`]);
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error instanceof CliError ? error : new CliError([`Cannot write ${file}: ${messageOf(error)}.`]);
  }
}

async function unlessMissing<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
