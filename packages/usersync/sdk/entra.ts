import { checkUsernames as checkUsernamesFunction } from "../functions/checkUsernames";
import { getGroup as getGroupFunction } from "../functions/getGroup";
import type { Values } from "../host/properties";
import { attributeMappings } from "../resources/attributeMappings/attributeMappings";
import { connectionTest } from "../resources/connectionTest";
import { provisioning } from "../resources/provisioning/provisioning";
import { invocations, resourceClass } from "./declared";

export class AttributeMappings extends resourceClass(attributeMappings) {}
export class ConnectionTest extends resourceClass(connectionTest) {}
export class Provisioning extends resourceClass(provisioning) {}
export type { Quarantine } from "../resources/provisioning/jobStatus";

export const [checkUsernames, checkUsernamesOutput] = invocations(checkUsernamesFunction);
export type CheckUsernamesResult = Values<typeof checkUsernamesFunction.outputs>;
export const [getGroup, getGroupOutput] = invocations(getGroupFunction);
