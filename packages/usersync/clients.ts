export { publishedProvisioners, type PublishedProvisioner } from "./clients/ca";
export {
  DatabaseError,
  readScimToken,
  readTeam,
  teamsUsing,
  withDatabase,
  writeTeam,
} from "./clients/database/database";
export { cleartextProblem, type DatabaseSettings, sslmodes } from "./clients/database/settings";
export { type ClientSecret, clientSecrets } from "./clients/graph/applications";
export type { GraphClient } from "./clients/graph/client";
export { eq, listAll, where } from "./clients/graph/collections";
export { GraphError, isNotFound, undefinedIfNotFound } from "./clients/graph/errors";
export {
  findGroupsByName,
  getGroup,
  isGroup,
  isUser,
  member,
  type Member,
  type NamedGroup,
  nameOf,
  streamMembers,
  transitiveUsers,
} from "./clients/graph/groups";
export { prefetchInOrder } from "./clients/graph/prefetch";
export { type ProvisioningFailure, provisioningFailures } from "./clients/graph/provisioningLog";
export { type GraphSettings, isGuid, readGraphSettings } from "./clients/graph/settings";
export { JobApi, synchronizationJob, type SynchronizationJob } from "./clients/graph/synchronization";
export type { SynchronizationSchema } from "./clients/graph/schema";
export { missingPermissions, type NeededPermission } from "./clients/graph/token";
export { exchange, type GetOptions, HttpError, type HttpResponse } from "./clients/http";
export { checkShape, parseJson, type Shape, shorten } from "./clients/json";
export { readPages } from "./clients/paging";
export { defaultTimes, parseRetryAfterMs, type RetryTimes, withRetry } from "./clients/retry";
export { default as limitConcurrency } from "p-limit";
export { countActiveUsers, missingUsers } from "./clients/scim";
export { mappingDifferences, fromInputs, sameInputs, toInputs } from "./resources/attributeMappings/mapping";
export { findObjectMapping } from "./resources/attributeMappings/objectMapping";
export { isRunning, stoppedReason } from "./resources/provisioning/jobStatus";
export {
  emptyDirectoryWarning,
  pendingSwitchMessage,
  readDirectoryUsage,
  sharedDirectoryError,
} from "./resources/registration/directory";
export {
  conflictMessage,
  type Decision,
  provisionerDifferences,
  findPublishedProvisioner,
  planRegistration,
  type WantedProvisioner,
} from "./resources/registration/provisioner";
export { version } from "./version";
