import { readFile, writeFile } from "node:fs/promises";
import { CliError } from "../common/errors";

/**
 * Writes configuration and import file, each only if it says something new.
 * @returns the paths written
 * @throws CliError when another import file is there and `force` is not given
 */
export async function writeStackFiles(
  files: { settings: string; imports: string },
  content: { settings: string; imports: string },
  force: boolean,
): Promise<string[]> {
  const before = await readIfExists(files.imports);
  if (before !== undefined && before !== content.imports && !force) {
    throw new CliError([`${files.imports}: is there with other content. --force replaces it.`]);
  }
  const written: string[] = [];
  for (const name of ["settings", "imports"] as const) {
    if ((await readIfExists(files[name])) === content[name]) continue;
    try {
      await writeFile(files[name], content[name]);
    } catch (error) {
      throw new CliError([`Cannot write ${files[name]}: ${(error as Error).message}.`]);
    }
    written.push(files[name]);
  }
  return written;
}

/** A file's content; undefined when there is none. */
export async function readIfExists(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new CliError([`Cannot read ${file}: ${(error as Error).message}.`]);
  }
}
