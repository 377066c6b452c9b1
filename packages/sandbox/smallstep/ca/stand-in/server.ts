import express, { type ErrorRequestHandler } from "express";

import { serveHttps } from "entra-emulator/testing";
import { administration, refuse } from "../administration";
import { newAdminKey } from "../adminKey";
import { RejectedRequest, type CaOptions, type CertificateAuthority, type ProvisionerChanges } from "../types";
import { ProvisionerCollection } from "./collection";

/** Starts a CA that only manages and publishes provisioners. It signs nothing. */
export async function startStandIn({ authority, authorityId }: CaOptions): Promise<CertificateAuthority> {
  const collection = new ProvisionerCollection();
  for (const provisioner of (await newAdminKey()).provisioners) collection.add(provisioner);
  const changes: ProvisionerChanges = {
    add: async (provisioner) => {
      if (!collection.add(provisioner))
        throw new RejectedRequest(409, `provisioner with name ${provisioner.name} already exists`);
    },
    update: async (provisioner) => {
      if (!collection.update(provisioner)) throw new RejectedRequest(404, `provisioner ${provisioner.name} not found`);
    },
    remove: async (name) => {
      if (!collection.remove(name)) throw new RejectedRequest(404, `There is no provisioner "${name}".`);
    },
  };
  const admin = administration(authorityId, changes);

  const app = express().disable("x-powered-by");
  app.get("/health", (_request, response) => void response.json({ status: "ok" }));
  app.get("/roots", (_request, response) => void response.status(201).json({ crts: [authority.caPem] }));
  app.get("/provisioners", (request, response) => {
    const { cursor = "", limit = "0" } = request.query;
    if (!/^[+-]?\d+$/.test(String(limit))) return refuse(response, 400, `limit '${String(limit)}' is not an integer`);
    response.json(collection.page(String(cursor), Number(limit)));
  });
  app.use("/admin", admin.router);
  app.use((_request, response) => refuse(response, 404, "Not Found"));
  const failed: ErrorRequestHandler = (error: Error & { status?: number }, _request, response, _next) =>
    refuse(response, error.status ?? 500, error.message);
  app.use(failed);

  const server = await serveHttps(await authority.issue(), app);
  return {
    kind: "stand-in",
    url: server.url,
    provisioners: async () => collection.all(),
    ...changes,
    adminUrl: `${server.url}/admin`,
    adminToken: admin.token,
    close: server.close,
  };
}
