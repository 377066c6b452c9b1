import type { BatchV1Api, CoreV1Api } from "@kubernetes/client-node";
import type { Checks } from "./checks";
import type { CommandLines } from "./commandLines";
import type { SandboxEnvironment } from "./environment";
import type { SandboxStack } from "./stack";

export const stackName = "dev";

/** Context of every step of the run. */
export interface Run extends SandboxEnvironment {
  stack: SandboxStack;
  checks: Checks;
  core: CoreV1Api;
  batch: BatchV1Api;
  /** Plugin folders by plugin name. */
  plugins: Record<string, string>;
  commandLines: CommandLines;
}
