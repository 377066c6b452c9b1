import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The Job's program, one file without dependencies.
 * @throws Error when it has not been built
 */
export function jobProgram(): string {
  try {
    return readFileSync(join(__dirname, "../../dist/job/registration.cjs"), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  throw new Error("dist/job/registration.cjs is missing: run `npm run build`, which `npm ci` does by itself");
}
