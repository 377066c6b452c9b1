export { ConfigurationError } from "./config/problems";
export { readSettings } from "./config/read";
export {
  destinationSettings,
  isSecretSetting,
  secretSettings,
  settingsByPath,
  type Settings,
  settingsSchema,
  stackSchema,
  type Team,
} from "./config/schema";
export { checkStack } from "./config/teams";
export { loginEndpoint, readCredentials } from "./credentials";
export { deploy } from "./declareStack";
export { runError } from "./log";
export { neededPermissions } from "./permissions";
export { findStaleSource } from "./staleBuild";
export type { PreviewReview, ReviewedUsernames } from "./usernameCheck";
