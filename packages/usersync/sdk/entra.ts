import { checkAccess as checkAccessFunction } from "../functions/checkAccess";
import { checkUsernames as checkUsernamesFunction } from "../functions/checkUsernames";
import { findGroups as findGroupsFunction } from "../functions/findGroups";
import { getGroup as getGroupFunction } from "../functions/getGroup";
import { getUserNameExpression as getUserNameExpressionFunction } from "../functions/getUserNameExpression";
import type { Arguments, Values } from "../host/properties";
import { attributeMappings } from "../resources/attributeMappings/attributeMappings";
import { connectionTest } from "../resources/connectionTest";
import { provisioning } from "../resources/provisioning/provisioning";
import { invocations, resourceClass } from "./declared";

export class AttributeMappings extends resourceClass(attributeMappings) {}
export class ConnectionTest extends resourceClass(connectionTest) {}
export class Provisioning extends resourceClass(provisioning) {}
export type { Quarantine } from "../resources/provisioning/jobStatus";

export const [checkAccess] = invocations(checkAccessFunction);
export const [checkUsernames, checkUsernamesOutput] = invocations(checkUsernamesFunction);
export type CheckUsernamesArgs = Arguments<typeof checkUsernamesFunction.inputs>;
export type CheckUsernamesResult = Values<typeof checkUsernamesFunction.outputs>;
export const [findGroups] = invocations(findGroupsFunction);
export const [getGroup, getGroupOutput] = invocations(getGroupFunction);
export const [getUserNameExpression] = invocations(getUserNameExpressionFunction);
