export { attributeMappings } from "./attributeMappings";
export { checkUsernames } from "./checkUsernames";
export { connectionTest } from "./connectionTest";
export { defaultRetryDelays, type EntraConfig, type RetryDelays } from "./config";
export { getGroup } from "./getGroup";
export { provisioning } from "./provisioning";
