import type { JWTPayload } from "jose";

import type { Authority } from "../tls";
import { endpoints } from "./endpoints";
import { Faults } from "./faults";
import { Router } from "./http/router";
import { serve } from "./http/server";
import { RequestLog } from "./log";
import { issueIdToken } from "./login/id-token";
import { createSigningKeys } from "./login/keys";
import { runCycle, type CycleSummary } from "./provisioning";
import { addClient, createTenant, defaultTenant, deployerPermissions, type TenantSeed } from "./seed/tenant";
import type { TenantState } from "./state/tenant";

export type { Fault, InjectedFault } from "./faults";
export type { LoggedRequest, RequestMatcher } from "./log";
export type { CycleSummary, JobCycle, ProvisioningEvent } from "./provisioning";
export { Faults, RequestLog };
export { defaultTenant, type TenantSeed, type TenantState };

export interface GraphOptions {
  authority: Authority;
  /** Default: an ephemeral port. */
  port?: number;
  /** Default: the seed tenant, more than 60 people. */
  tenant?: TenantSeed;
}

export interface ClientCredentials {
  clientId: string;
  clientSecret: string;
  /** Object id of the service principal. */
  objectId: string;
}

/** A running stand-in for Microsoft Graph and the Entra login service, with one tenant. */
export interface GraphEmulator {
  /** https://localhost:PORT, for Graph (/v1.0, /beta), login (/TENANT/...) and /metadata/endpoints. */
  readonly url: string;
  /** localhost:PORT, as azuread's `metadataHost` wants it. */
  readonly metadataHost: string;
  readonly tenantId: string;
  /** App-only credentials with every permission that deploying the stack needs. */
  readonly deployer: ClientCredentials;
  readonly state: TenantState;
  readonly requests: RequestLog;
  readonly faults: Faults;
  /** Registers a further app-only client with just these application permissions. */
  addClient(options: { permissions: readonly string[]; displayName?: string }): ClientCredentials;
  /**
   * One provisioning cycle of one job (id, also with its path) or of all active ones, against their SCIM endpoint.
   * Rejects when the named job is not active.
   */
  runCycle(jobId?: string): Promise<CycleSummary>;
  /**
   * The ID token that a user would get at sign-in (RS256; keys through discovery). Rejects where sign-in would.
   * `changes` replace claims, for a token that is signed as well but that a verifier must refuse.
   */
  idToken(userPrincipalName: string, clientId: string, changes?: JWTPayload): Promise<string>;
  close(): Promise<void>;
}

/** Starts the emulator on 127.0.0.1. */
export async function startGraph(options: GraphOptions): Promise<GraphEmulator> {
  const seed = options.tenant ?? defaultTenant;
  const state = createTenant(seed);
  const keys = await createSigningKeys();
  const requests = new RequestLog();
  const faults = new Faults();
  const deployer = addClient(state, "Stack deployer", deployerPermissions);
  const router = new Router(endpoints);
  const server = await serve(
    { state, keys, router, log: requests, faults, trustedCa: options.authority.caPem },
    options.authority,
    options.port,
  );
  return {
    url: server.root,
    metadataHost: new URL(server.root).host,
    tenantId: state.tenantId,
    deployer,
    state,
    requests,
    faults,
    addClient: ({ permissions, displayName }) => addClient(state, displayName ?? "Another client", permissions),
    runCycle: (jobId) => runCycle(state, options.authority.caPem, jobId),
    idToken: (userPrincipalName, clientId, changes) =>
      issueIdToken(state, keys, server.root, userPrincipalName, clientId, changes),
    close: () => server.close(),
  };
}
