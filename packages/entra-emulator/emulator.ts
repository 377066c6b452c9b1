import { Faults } from "./faults";
import { serve } from "./http/server";
import { RequestLog, type LoggedRequest } from "./log";
import { createSigningKeys, issueIdToken } from "./login/tokens";
import { runCycle } from "./provisioning/runCycle";
import type { CycleSummary } from "./provisioning/types";
import type { TenantSeed } from "./seed/seed";
import { defaultTenant } from "./seed/defaultTenant";
import { addClient, createTenant, deployerPermissions } from "./seed/tenant";
import type { TenantState } from "./state/tenant";
import type { IssuedCertificate } from "./tls";

/** Supplies the server certificate: an `Authority`, or an object that returns an existing certificate. */
export interface CertificateSource {
  /** CA certificates (PEM) that outgoing SCIM requests trust in addition to the public ones. */
  readonly caPem: string;
  /** Returns a certificate for localhost and its private key. */
  issue(): Promise<IssuedCertificate>;
}

/** Options of `startGraph`. */
export interface GraphOptions {
  /** Issues the server certificate. Outgoing SCIM requests also trust its CA. */
  authority: CertificateSource;
  /** Loopback address of the server. Default: 127.0.0.1. */
  host?: "127.0.0.1" | "::1";
  /** TCP port. Default: a free port. */
  port?: number;
  /** Initial content of the tenant. Default: `defaultTenant` with more than 60 users. */
  tenant?: TenantSeed;
  /** Receives each request that is added to the log. Default: no function. */
  onRequest?: (request: LoggedRequest) => void;
}

/** Credentials of an app registration for the client credentials flow. */
export interface ClientCredentials {
  clientId: string;
  clientSecret: string;
  /** Object id of the service principal. */
  objectId: string;
}

/** A running emulator of Microsoft Graph and the Entra ID sign-in service with one tenant. All state is in memory. */
export interface GraphEmulator {
  /** Base URL https://localhost:PORT of Graph (/v1.0, /beta), sign-in (/TENANT/...) and cloud metadata (/metadata/endpoints). */
  readonly url: string;
  /** localhost:PORT, the value for the `metadataHost` setting of the azuread provider for Terraform and Pulumi. */
  readonly metadataHost: string;
  readonly tenantId: string;
  /**
   * App-only credentials of a default client with the permissions Application.ReadWrite.All,
   * AppRoleAssignment.ReadWrite.All, Group.ReadWrite.All, Synchronization.ReadWrite.All and User.Read.All.
   */
  readonly deployer: ClientCredentials;
  /** The tenant's objects. Tests may read and change them without HTTP. */
  readonly state: TenantState;
  /** Log of all received requests, with secrets masked. */
  readonly requests: RequestLog;
  /** Faults to inject into requests. */
  readonly faults: Faults;
  /** Registers another app-only client that has only these application permissions. Throws for an unknown permission. */
  addClient(options: { permissions: readonly string[]; displayName?: string }): ClientCredentials;
  /**
   * Runs one provisioning cycle of one job, or of every active job, against its SCIM endpoint.
   * `jobId` is an id or a path that ends with it; default: all active jobs. Rejects if the given job is missing or not active.
   */
  runCycle(jobId?: string): Promise<CycleSummary>;
  /**
   * Returns the ID token (RS256) that a user gets when signing in to a client. Discovery publishes the keys.
   * Rejects when Entra ID would reject the sign-in. `changes` replaces claims, to test verifiers with
   * tokens that are correctly signed but invalid.
   */
  idToken(userPrincipalName: string, clientId: string, changes?: Record<string, unknown>): Promise<string>;
  /** Stops the server and closes all connections. */
  close(): Promise<void>;
}

/** Starts the emulator with HTTPS on a loopback address. Rejects if the port is in use. */
export async function startGraph(options: GraphOptions): Promise<GraphEmulator> {
  const state = createTenant(options.tenant ?? defaultTenant);
  const keys = await createSigningKeys();
  const requests = new RequestLog(options.onRequest);
  const faults = new Faults();
  const deployer = addClient(state, "Default client", deployerPermissions);
  const { authority, host, port } = options;
  const trustedCa = authority.caPem;
  const services = { state, keys, trustedCa };
  const server = await serve(services, { log: requests, faults }, await authority.issue(), port, host);
  return {
    url: server.root,
    metadataHost: new URL(server.root).host,
    tenantId: state.tenantId,
    deployer,
    state,
    requests,
    faults,
    addClient: ({ permissions, displayName }) => addClient(state, displayName ?? "Another client", permissions),
    runCycle: (jobId) => runCycle(state, trustedCa, jobId),
    idToken: (userPrincipalName, clientId, changes) =>
      issueIdToken(state, keys, server.root, userPrincipalName, clientId, changes),
    close: server.close,
  };
}
