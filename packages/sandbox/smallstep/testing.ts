import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { send, type Answer } from "entra-emulator/testing";
import { createAuthority, type Authority } from "entra-emulator";
import { startSmallstep, type Smallstep } from "./smallstep";
import type { SeededDirectory } from "./database/startDatabase";
import type { StepCaProgram } from "./ca/step-ca/obtain";

/** Smallstep for one test file, in a temporary folder. */
export interface TestSmallstep {
  authority: Authority;
  dir: string;
  smallstep: Smallstep;
  /** Sends a request to the SCIM endpoint of a directory. `path` is relative to `/DIRECTORY/v2`. Default: `smallstep.directory`. */
  scim(method: string, path: string, body?: unknown, directory?: SeededDirectory): Promise<Answer>;
  close(): Promise<void>;
}

export async function startTestSmallstep(options: { stepCa?: StepCaProgram } = {}): Promise<TestSmallstep> {
  const dir = mkdtempSync(join(tmpdir(), "smallstep-test-"));
  const authority = await createAuthority(join(dir, "tls"));
  const smallstep = await startSmallstep({ authority, dir: join(dir, "smallstep"), ...options });
  return {
    authority,
    dir,
    smallstep,
    scim: (method, path, body, { id, token } = smallstep.directory) =>
      send(authority.caPem, method, `${smallstep.scim.baseUrl}/${id}/v2${path}`, {
        headers: { authorization: `Bearer ${token}`, "content-type": "application/scim+json" },
        ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      }),
    close: async () => {
      await smallstep.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
