export { checkFolk, folkSettings, type SmallstepConfig } from "./config";
export { getScimLogin } from "./getScimLogin";
export { registration } from "./registration";
