export { attributeMappings } from "./attributeMappings";
export { checkUsernames } from "./checkUsernames";
export { defaultWaits, type EntraConfig, type Waits } from "./config";
export { provisioning } from "./provisioning";
export { testConnection } from "./testConnection";
