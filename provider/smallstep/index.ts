export { checkDatabase, databaseSettings, type SmallstepConfig } from "./config";
export { getScimLogin } from "./getScimLogin";
export { registration } from "./registration";
