/** Pure checks of the provider's settings, for a program that reports all invalid settings together. */
export { cleartextProblem, sslmodes } from "./clients/database/settings";
export {
  type GraphSettings,
  graphSecrets,
  isGuid,
  loginEndpoints,
  readGraphSettings,
  secretsOf,
} from "./clients/graph/settings";
export { isReservedValue } from "./host/signatures";
