export { checkSettings, ConfigurationError } from "./check";
export { emailExpression, userNameExpression } from "./mapping";
export { readSettings } from "./read";
export { secretSettings, settingsSchema, type GroupSettings, type Settings } from "./schema";
