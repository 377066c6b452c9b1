import { mkdir } from "node:fs/promises";
import path from "node:path";
import express from "express";

import { generateTestSecret } from "entra-emulator/testing";
import { freePort, startChild, type Child } from "../../../kubernetes/child";
import { serveHttps } from "../../https";
import { administration } from "../administration";
import type { CaOptions, CertificateAuthority, Provisioner } from "../types";
import { AdminApi } from "./admin";
import { writeConfig } from "./config";
import { call } from "./http";
import { refuseWithoutEmail } from "./linkedca";
import type { StepCaProgram } from "./obtain";

const readyWithinMs = 30_000;

/**
 * Starts step-ca with its files in `dir` and its output in `step-ca.log`. Also starts the part of Smallstep's platform that the admin
 * tools call, in front of step-ca.
 * @throws Error with the last lines of its output
 */
export async function startStepCa(
  options: CaOptions & { program: StepCaProgram; dir: string },
): Promise<CertificateAuthority> {
  const { authority, dir } = options;
  await mkdir(dir, { recursive: true });
  const port = await freePort();
  const url = `https://localhost:${port}`;
  const { file, admin } = await writeConfig({ authority, dir, port });
  const child = startChild("step-ca", [options.program.file, file], path.join(dir, "step-ca.log"), {
    ...process.env,
    // step-ca fetches the OpenID configuration of a provisioner, so it must trust the sandbox's authority.
    ...authority.trustEnvironment(),
    STEPPATH: dir,
  });
  try {
    await waitUntilReady(child, authority.caPem, url);
    const api = new AdminApi(url, authority.caPem, admin);
    const adminToken = generateTestSecret();
    const app = express().disable("x-powered-by");
    const strict = (provisioner: Provisioner) => ({
      ...provisioner,
      options: { ssh: { template: refuseWithoutEmail } },
    });
    const tools = administration({
      authorityId: options.authorityId,
      token: adminToken,
      add: (provisioner) => api.addProvisioner(strict(provisioner)),
      update: (provisioner) => api.updateProvisioner(strict(provisioner)),
    });
    app.use("/admin", tools);
    const platform = await serveHttps(authority, app);
    return {
      kind: "step-ca",
      url,
      provisioners: () => published(authority.caPem, url),
      add: (provisioner) => api.addProvisioner(provisioner),
      update: (provisioner) => api.updateProvisioner(provisioner),
      remove: (name) => api.removeProvisioner(name),
      adminUrl: `${platform.url}/admin`,
      adminToken,
      close: async () => {
        await platform.close();
        await child.stop();
      },
    };
  } catch (error) {
    await child.stop();
    throw error;
  }
}

async function waitUntilReady(child: Child, ca: string, url: string): Promise<void> {
  const deadline = Date.now() + readyWithinMs;
  for (;;) {
    const attempt = call(ca, "GET", `${url}/health`).then(
      ({ status }) => status === 200,
      () => false,
    );
    if (await Promise.race([attempt, child.died])) return;
    if (Date.now() > deadline) throw new Error(`step-ca did not become ready within ${readyWithinMs / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function published(ca: string, url: string): Promise<Provisioner[]> {
  const all: Provisioner[] = [];
  let cursor = "";
  do {
    const { body } = await call(ca, "GET", `${url}/provisioners?limit=100&cursor=${encodeURIComponent(cursor)}`);
    all.push(...(body["provisioners"] as Provisioner[]));
    cursor = String(body["nextCursor"] ?? "");
  } while (cursor !== "");
  return all;
}
