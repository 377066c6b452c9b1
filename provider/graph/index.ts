// Without `./open`: the Azure libraries that it loads are the most of the time in which a plugin starts.
export { prefetchInOrder } from "./ahead";
export * from "./applications";
export type { GraphClient, GraphRequest } from "./client";
export * from "./collections";
export { GraphError, isNotFound, undefinedIfNotFound } from "./errors";
export * from "./groups";
export type { OpenOptions } from "./open";
export type { RetryTimes } from "./retry";
export * from "./provisioningLog";
export { environments, readGraphSettings, type Environment, type GraphSettings } from "./settings";
export * from "./synchronization";
export { decodeToken, missingPermissions, type NeededPermission, type TokenClaims } from "./token";
