import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Reads the Job's program, one bundled file without dependencies.
 * @throws Error when the program has not been built
 */
export function jobProgram(): string {
  try {
    return readFileSync(join(__dirname, "../../dist/job/registration.cjs"), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  throw new Error("dist/job/registration.cjs is missing. Run `npm run build` (`npm ci` runs it too)");
}
