import { checkUsernames as checkUsernamesFunction } from "../functions/checkUsernames";
import { getGroup as getGroupFunction } from "../functions/getGroup";
import type { Values } from "../host/properties";
import { invocations } from "./declared";

export * from "./attributeMappings";
export * from "./connectionTest";
export * from "./provisioning";

export const [checkUsernames, checkUsernamesOutput] = invocations(checkUsernamesFunction);
export type CheckUsernamesResult = Values<typeof checkUsernamesFunction.outputs>;
export const [getGroup, getGroupOutput] = invocations(getGroupFunction);
