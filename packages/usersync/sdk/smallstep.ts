import { getScimLogin as getScimLoginFunction } from "../functions/getScimLogin";
import { invocations } from "./declared";

export * from "./registration";

export const [getScimLogin, getScimLoginOutput] = invocations(getScimLoginFunction);
