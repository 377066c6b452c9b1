export { attributeMappings } from "./attributeMappings";
export { checkUsernames } from "./checkUsernames";
export { connectionTest } from "./connectionTest";
export { defaultWaits, type EntraConfig, type Waits } from "./config";
export { getGroup } from "./getGroup";
export { provisioning } from "./provisioning";
