import { readFileSync } from "node:fs";

/**
 * Reads the Job's program, one bundled file without dependencies.
 * @throws Error when the program has not been built
 */
export function jobProgram(): string {
  try {
    return readFileSync(require.resolve("@smallstep-ssh/components/registrationJob"), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
  }
  throw new Error("components/dist/registrationJob.cjs is missing. Run `npm run build` (`npm ci` runs it too)");
}
