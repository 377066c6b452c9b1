export { certificateProblem } from "./certificates";
export { checkSettings, ConfigurationError } from "./check";
export { groupKey } from "./clashes";
export { emailExpression, userNameExpression } from "./sections/mapping";
export { readSettings } from "./read";
export {
  isSecretSetting,
  secretSettings,
  settingsSchema,
  stackSchema,
  type GroupSettings,
  type Settings,
} from "./schema";
export { checkStack, defaultTeam, type StackSettings, type Team } from "./teams";
