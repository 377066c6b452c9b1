// `./open` is not exported here: the Azure libraries that it loads take most of the plugin's start-up time.
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
