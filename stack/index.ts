export { ConfigurationError } from "./config/problems";
export { readSettings } from "./config/read";
export {
  isSecretSetting,
  secretSettings,
  type Settings,
  settingsSchema,
  stackSchema,
  type Team,
} from "./config/schema";
export { checkStack } from "./config/teams";
export { loginEndpoint, readCredentials } from "./credentials";
export { deploy } from "./declareStack";
export { neededPermissions } from "./permissions";
export { findStaleSource } from "./staleBuild";
export type { PreviewReview, ReviewedUsernames } from "./usernameCheck";
