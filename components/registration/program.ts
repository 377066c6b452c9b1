import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Below the package's folder, whether this file runs as TypeScript or compiled. */
const places = ["../../dist/job/registration.cjs", "../../../dist/job/registration.cjs"];

/**
 * The Job's program, one file without dependencies.
 * @throws Error when it has not been built
 */
export function jobProgram(): string {
  for (const place of places) {
    try {
      return readFileSync(join(__dirname, place), "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
  throw new Error("dist/job/registration.cjs is missing: run `npm run build`, which `npm ci` does by itself");
}
