import { createHash, generateKeyPairSync, X509Certificate } from "node:crypto";
import express, { type ErrorRequestHandler } from "express";

import { generateTestSecret } from "entra-emulator/testing";
import { serveHttps } from "../../https";
import { administration, refuse, RejectedRequest } from "../administration";
import type { CaOptions, CertificateAuthority, Provisioner } from "../types";
import { ProvisionerCollection } from "./collection";

/** Starts a CA that only manages and publishes provisioners. It signs nothing. */
export async function startStandIn(options: CaOptions): Promise<CertificateAuthority> {
  const collection = new ProvisionerCollection();
  for (const provisioner of initialProvisioners()) collection.add(provisioner);
  const adminToken = generateTestSecret();
  const { caPem } = options.authority;
  const fingerprint = createHash("sha256").update(new X509Certificate(caPem).raw).digest("hex");

  const app = express();
  app.disable("x-powered-by");
  app.get("/health", (_request, response) => void response.json({ status: "ok" }));
  app.get("/roots", (_request, response) => void response.status(201).json({ crts: [caPem] }));
  app.get("/root/:fingerprint", (request, response) => {
    const requested = request.params.fingerprint.replaceAll("-", "").toLowerCase();
    if (requested === fingerprint) response.json({ ca: caPem });
    else refuse(response, 404, `certificate with fingerprint ${requested} was not found`);
  });
  app.get("/provisioners", (request, response) => {
    const { cursor = "", limit = "0" } = request.query;
    if (!/^[+-]?\d+$/.test(String(limit))) return refuse(response, 400, `limit '${String(limit)}' is not an integer`);
    response.json(collection.page(String(cursor), Number(limit)));
  });
  app.use(
    "/admin",
    administration({
      authorityId: options.authorityId,
      token: adminToken,
      add: async (provisioner) => {
        if (!collection.add(provisioner)) {
          throw new RejectedRequest(409, `provisioner with name ${provisioner.name} already exists`);
        }
      },
      update: async (provisioner) => {
        if (!collection.update(provisioner))
          throw new RejectedRequest(404, `provisioner ${provisioner.name} not found`);
      },
    }),
  );
  app.use((_request, response) => refuse(response, 404, "Not Found"));
  const failed: ErrorRequestHandler = (error: Error & { status?: number }, _request, response, _next) =>
    refuse(response, error.status ?? 500, error.message);
  app.use(failed);

  const server = await serveHttps(options.authority, app);
  return {
    kind: "stand-in",
    url: server.url,
    provisioners: async () => collection.all(),
    add: async (provisioner) => {
      if (!collection.add(provisioner)) throw new Error(`A provisioner "${provisioner.name}" already exists.`);
    },
    update: async (provisioner) => {
      if (!collection.update(provisioner)) throw new Error(`There is no provisioner "${provisioner.name}".`);
    },
    remove: async (name) => {
      if (!collection.remove(name)) throw new Error(`There is no provisioner "${name}".`);
    },
    adminUrl: `${server.url}/admin`,
    adminToken,
    close: () => server.close(),
  };
}

function initialProvisioners(): Provisioner[] {
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { kty, crv, x, y } = publicKey.export({ format: "jwk" });
  // RFC 7638 requires the members in this order.
  const kid = createHash("sha256").update(JSON.stringify({ crv, kty, x, y })).digest("base64url");
  return [
    { type: "JWK", name: "admin", key: { use: "sig", kty, kid, crv, alg: "ES256", x, y } },
    { type: "SSHPOP", name: "SSH POP", claims: { enableSSHCA: true } },
  ];
}
