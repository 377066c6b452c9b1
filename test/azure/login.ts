import { randomUUID } from "node:crypto";
import type { RequestListener } from "node:http";
import express from "express";

export const loginHost = "login.microsoftonline.com";

/** Credentials of a service principal as environment variables of the Azure SDKs. */
export interface ServicePrincipal {
  AZURE_TENANT_ID: string;
  AZURE_CLIENT_ID: string;
  AZURE_CLIENT_SECRET: string;
}

/** A login service that signs in service principals and validates its own tokens. */
export interface Login {
  listener: RequestListener;
  /** URL of the tenant's authority. */
  authority: string;
  add(): ServicePrincipal;
  /**
   * Returns the client id of the token in an `Authorization` header, or `undefined` if the token is not valid for the
   * resource.
   */
  clientIdOf(authorization: string | undefined, resource: string): string | undefined;
}

/**
 * Creates the part of the login service that MSAL uses: host aliases, the OpenID configuration, and tokens for client
 * secrets.
 */
export function createLogin(): Login {
  const tenant = randomUUID();
  const root = `https://${loginHost}`;
  const secrets = new Map<string, string>();
  const tokens = new Map<string, { clientId: string; scope: string }>();
  const app = express();
  app.use(express.urlencoded({ extended: false }));
  app.get("/:tenant/discovery/instance", (_request, response) => {
    response.json({
      tenant_discovery_endpoint: `${root}/${tenant}/v2.0/.well-known/openid-configuration`,
      metadata: [{ preferred_network: loginHost, preferred_cache: loginHost, aliases: [loginHost] }],
    });
  });
  app.get(`/${tenant}/v2.0/.well-known/openid-configuration`, (_request, response) => {
    response.json({
      issuer: `${root}/${tenant}/v2.0`,
      authorization_endpoint: `${root}/${tenant}/oauth2/v2.0/authorize`,
      token_endpoint: `${root}/${tenant}/oauth2/v2.0/token`,
    });
  });
  app.post(`/${tenant}/oauth2/v2.0/token`, (request, response) => {
    const { client_id: clientId = "", client_secret: secret, scope } = request.body as Record<string, string>;
    if (secret === undefined || secrets.get(clientId) !== secret || scope === undefined) {
      response.status(401).json({ error: "invalid_client", error_description: "AADSTS7000215: wrong secret" });
      return;
    }
    const token = randomUUID();
    tokens.set(token, { clientId, scope });
    response.json({ token_type: "Bearer", expires_in: 3599, access_token: token });
  });
  return {
    listener: app,
    authority: `${root}/${tenant}`,
    add: () => {
      const [clientId, secret] = [randomUUID(), `secret-${randomUUID()}`];
      secrets.set(clientId, secret);
      return { AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: clientId, AZURE_CLIENT_SECRET: secret };
    },
    clientIdOf: (authorization, resource) => {
      const token = tokens.get(authorization?.replace(/^Bearer /, "") ?? "");
      // MSAL adds OpenID scopes to the requested scope.
      return token?.scope.split(" ").includes(`${resource}/.default`) ? token.clientId : undefined;
    },
  };
}
