import { constants, generateKeyPairSync, privateDecrypt, publicEncrypt, randomBytes } from "node:crypto";
import type { RequestListener } from "node:http";
import express from "express";
import type { Login } from "./login";

const resource = "https://vault.azure.net";

export interface KeyVault {
  listener: RequestListener;
  /** Client ids with the role Key Vault Crypto User. */
  users: Set<string>;
  /** Operations performed with the key, in order. */
  operations: ("encrypt" | "decrypt")[];
}

/**
 * Creates a vault with one RSA key that serves `POST /keys/KEY/encrypt` and `decrypt` of Azure Key Vault (API 7.x) with
 * RSA-OAEP-256.
 */
export function createKeyVault(login: Login, key: string): KeyVault {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const version = randomBytes(16).toString("hex");
  const users = new Set<string>();
  const operations: KeyVault["operations"] = [];
  const app = express();
  app.use((request, response, next) => {
    const client = login.clientIdOf(request.headers.authorization, resource);
    if (client === undefined) {
      // The SDK sends its first request without a token to discover the authority.
      const challenge = `Bearer authorization="${login.authority}", resource="${resource}"`;
      response.status(401).set("WWW-Authenticate", challenge).end();
    } else if (!users.has(client)) {
      const message = `Caller is not authorized to perform action on resource. Caller: appid=${client}`;
      response.status(403).json({ error: { code: "Forbidden", message } });
    } else next();
  });
  app.use(express.json());
  app.post("/keys/:name{/:version}/:operation", (request, response) => {
    const { name, version: wanted = version } = request.params;
    const operation = request.params.operation as "encrypt" | "decrypt";
    const { alg, value } = request.body as { alg: string; value: string };
    if (name !== key || wanted !== version || alg !== "RSA-OAEP-256") {
      response.status(404).json({ error: { code: "KeyNotFound", message: `${name}/${wanted} with ${alg}` } });
      return;
    }
    operations.push(operation);
    const oaep = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" };
    const given = Buffer.from(value, "base64url");
    const result =
      operation === "encrypt"
        ? publicEncrypt({ key: publicKey, ...oaep }, given)
        : privateDecrypt({ key: privateKey, ...oaep }, given);
    const kid = `https://${request.headers.host}/keys/${key}/${version}`;
    response.json({ kid, value: result.toString("base64url") });
  });
  return { listener: app, users, operations };
}
