import { createHash, generateKeyPairSync, randomBytes, X509Certificate } from "node:crypto";
import express, { type ErrorRequestHandler, type Response } from "express";

import type { Authority } from "../../tls";
import { serveHttps } from "../https";
import { ProvisionerCollection, type Provisioner } from "./collection";

/** A certificate authority as far as its provisioners go; it signs nothing. */
export interface CertificateAuthority {
  url: string;
  /** What it publishes, in order. */
  provisioners(): Provisioner[];
  /** As an administrator would; throws when the name is taken. */
  add(provisioner: Provisioner): void;
  /** As an administrator would; throws when there is none of that name. */
  remove(name: string): void;
  /** What the admin tools talk to: `POST ${adminUrl}/authorities/ID/provisioners` with `adminToken` as bearer. */
  adminUrl: string;
  adminToken: string;
  close(): Promise<void>;
}

/** Starts the CA of one authority, with the provisioners of a new one: JWK `admin` and SSHPOP. */
export async function startCa(options: { authority: Authority; authorityId: string }): Promise<CertificateAuthority> {
  const collection = new ProvisionerCollection();
  for (const provisioner of initialProvisioners()) collection.add(provisioner);
  const adminToken = randomBytes(24).toString("base64url");
  const { caPem } = options.authority;
  const fingerprint = createHash("sha256").update(new X509Certificate(caPem).raw).digest("hex");

  const app = express();
  app.disable("x-powered-by");
  app.get("/health", (_request, response) => void response.json({ status: "ok" }));
  app.get("/roots", (_request, response) => void response.status(201).json({ crts: [caPem] }));
  app.get("/root/:fingerprint", (request, response) => {
    const asked = request.params.fingerprint.replaceAll("-", "").toLowerCase();
    if (asked === fingerprint) response.json({ ca: caPem });
    else refuse(response, 404, `certificate with fingerprint ${asked} was not found`);
  });
  app.get("/provisioners", (request, response) => {
    const { cursor = "", limit = "0" } = request.query;
    if (!/^[+-]?\d+$/.test(String(limit))) return refuse(response, 400, `limit '${String(limit)}' is not an integer`);
    response.json(collection.page(String(cursor), Number(limit)));
  });
  app.post("/admin/authorities/:id/provisioners", express.json(), (request, response) => {
    if (request.headers.authorization !== `Bearer ${adminToken}`) return refuse(response, 401, "missing authorization");
    const { id } = request.params;
    if (id !== options.authorityId) return refuse(response, 404, `authority ${id} was not found`);
    const provisioner = request.body as Provisioner;
    const problem = problemOf(provisioner);
    if (problem !== undefined) return refuse(response, 400, problem);
    if (!collection.add(provisioner)) {
      return refuse(response, 409, `provisioner with name ${provisioner.name} already exists`);
    }
    response.status(201).json(provisioner);
  });
  app.use((_request, response) => refuse(response, 404, "Not Found"));
  const failed: ErrorRequestHandler = (error: Error & { status?: number }, _request, response, _next) =>
    refuse(response, error.status ?? 500, error.message);
  app.use(failed);

  const server = await serveHttps(options.authority, app);
  return {
    url: server.url,
    provisioners: () => collection.all(),
    add: (provisioner) => {
      if (!collection.add(provisioner)) throw new Error(`There is a provisioner "${provisioner.name}" already.`);
    },
    remove: (name) => {
      if (!collection.remove(name)) throw new Error(`There is no provisioner "${name}".`);
    },
    adminUrl: `${server.url}/admin`,
    adminToken,
    close: () => server.close(),
  };
}

/** What step-ca requires of a provisioner when it starts. */
function problemOf(provisioner: Provisioner): string | undefined {
  if (!provisioner?.type) return "provisioner type cannot be empty";
  if (!provisioner.name) return "provisioner name cannot be empty";
  if (provisioner.type !== "OIDC") return undefined;
  if (!provisioner["clientID"]) return "clientID cannot be empty";
  if (!provisioner["configurationEndpoint"]) return "configurationEndpoint cannot be empty";
  return undefined;
}

function initialProvisioners(): Provisioner[] {
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { kty, crv, x, y } = publicKey.export({ format: "jwk" });
  // RFC 7638: the members in this order.
  const kid = createHash("sha256").update(JSON.stringify({ crv, kty, x, y })).digest("base64url");
  return [
    { type: "JWK", name: "admin", key: { use: "sig", kty, kid, crv, alg: "ES256", x, y } },
    { type: "SSHPOP", name: "SSH POP", claims: { enableSSHCA: true } },
  ];
}

/** step-ca's form of an error. */
function refuse(response: Response, status: number, message: string): void {
  response.status(status).json({ status, message });
}
