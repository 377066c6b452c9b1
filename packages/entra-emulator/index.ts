/**
 * A stateful emulator of Microsoft Graph and the Entra ID sign-in service: directory, app registrations, synchronization jobs and
 * provisioning over SCIM.
 *
 * @example
 *   const authority = await createAuthority("certificates");
 *   const graph = await startGraph({ authority });
 *   const client = graph.addClient({ permissions: ["User.Read.All"] });
 *   // Sign in at `graph.url` with `client`, then send requests to `${graph.url}/v1.0/users`.
 *   await graph.close();
 *
 * @module
 */

// The emulator.
export {
  type CertificateSource,
  type ClientCredentials,
  type GraphEmulator,
  type GraphOptions,
  startGraph,
} from "./emulator";
export { type Authority, createAuthority, type IssuedCertificate } from "./tls";

// The initial content of the tenant.
export { type GroupSeed, parseTenantSeed, type TenantSeed, TenantSeedError, type UserSeed } from "./seed/seed";
export { defaultTenant } from "./seed/defaultTenant";

// Injected faults and the request log.
export type { Fault, Faults, InjectedFault } from "./faults";
export type { LoggedRequest, RequestLog, RequestMatcher } from "./log";
export { refusedWith } from "./http/graph";
export { graphPermissions, type GraphPermission } from "./state/wellKnown";

// The state of the tenant, which tests may read and change.
export type { TenantState } from "./state/tenant";
export type {
  Application,
  AppRole,
  AppRoleAssignment,
  Domain,
  Group,
  NewUser,
  PasswordCredential,
  ServicePrincipal,
  User,
} from "./state/types";

// Synchronization jobs and provisioning cycles.
export type { CycleSummary, JobCycle, ProvisioningAction, ProvisioningEvent } from "./provisioning/types";
export type { MappingSource } from "./synchronization/mappingSource";
export type { JobRecord, SynchronizationJob } from "./synchronization/job";
export type {
  AttributeMapping,
  ObjectMapping,
  SynchronizationRule,
  SynchronizationSchema,
} from "./synchronization/schema";
