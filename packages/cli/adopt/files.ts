import { readFile, writeFile } from "node:fs/promises";
import { CliError } from "../common/errors";

/**
 * Writes the configuration and the import file. Skips a file that already has the content.
 * @returns the paths written
 * @throws CliError if another import file exists and `force` is false
 */
export async function writeStackFiles(
  files: { settings: string; imports: string },
  content: { settings: string; imports: string },
  force: boolean,
): Promise<string[]> {
  const before = await readIfExists(files.imports);
  if (before !== undefined && before !== content.imports && !force) {
    throw new CliError([`${files.imports}: exists with other content. Use --force to replace it.`]);
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

/** Reads a file. Undefined: the file does not exist. @throws CliError if it cannot be read */
export async function readIfExists(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new CliError([`Cannot read ${file}: ${(error as Error).message}.`]);
  }
}
