import { mkdir } from "node:fs/promises";
import path from "node:path";
import express from "express";

import { send, serveHttps } from "entra-emulator/testing";
import { publishedProvisioners } from "@smallstep-ssh/usersync/clients";
import { freePort, startChild, waitUntil } from "../../../kubernetes/child";
import { administration } from "../administration";
import { newAdminKey } from "../adminKey";
import type { CaOptions, CertificateAuthority, Provisioner } from "../types";
import { AdminApi } from "./admin";
import { writeConfig } from "./config";
import { refuseWithoutEmail } from "./linkedca";
import type { StepCaProgram } from "./obtain";

/**
 * Starts step-ca with its files in `dir` and its output in `step-ca.log`. Also starts the part of Smallstep's platform that the admin
 * tools call, in front of step-ca.
 * @throws Error with the last lines of its output
 */
export async function startStepCa(
  options: CaOptions & { program: StepCaProgram; dir: string },
): Promise<CertificateAuthority> {
  const { authority, authorityId, dir } = options;
  await mkdir(dir, { recursive: true });
  const port = await freePort();
  const url = `https://localhost:${port}`;
  const { key, provisioners } = await newAdminKey();
  const config = await writeConfig({ authority, dir, port, provisioners });
  const child = await startChild({
    commandLine: [options.program.file, config],
    logFile: path.join(dir, "step-ca.log"),
    // step-ca fetches the OpenID configuration of a provisioner, so it must trust the sandbox's authority.
    env: { ...process.env, ...authority.trustEnvironment(), STEPPATH: dir },
  });
  try {
    // The first response shows that step-ca is ready.
    await waitUntil("step-ca did not become ready", 30, [child], () => send(authority.caPem, "GET", `${url}/health`));
    const api = new AdminApi(url, authority.caPem, key);
    const strict = (provisioner: Provisioner) => ({
      ...provisioner,
      options: { ssh: { template: refuseWithoutEmail } },
    });
    const admin = administration(authorityId, {
      add: (provisioner) => api.add(strict(provisioner)),
      update: (provisioner) => api.update(strict(provisioner)),
    });
    const app = express().disable("x-powered-by").use("/admin", admin.router);
    const platform = await serveHttps(await authority.issue(), app);
    return {
      kind: "step-ca",
      url,
      provisioners: () => publishedProvisioners(url, { rootCert: authority.caPem }),
      add: (provisioner) => api.add(provisioner),
      update: (provisioner) => api.update(provisioner),
      remove: (name) => api.remove(name),
      adminUrl: `${platform.url}/admin`,
      adminToken: admin.token,
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
