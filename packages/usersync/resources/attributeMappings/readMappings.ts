import { ExpressionError } from "entra-mappings";
import { isMap, type CallContext, type PropertyMap, type PropertyValue } from "../../host/types";
import { formatPath } from "../../host/paths";
import type { EntraConfig } from "../entraConfig";
import { type Mapping, fromInputs, sameInputs, toInputs } from "./mapping";
import type { ObjectMappingLocation } from "./objectMapping";
import { shorten } from "../../clients/json";

/** Converts the service's mappings to inputs. Mappings equivalent to the known inputs keep the program's spelling. */
export function readMappings(place: ObjectMappingLocation, known: PropertyMap): PropertyMap {
  const before = isMap(known["mappings"]) ? known["mappings"] : {};
  const observed: PropertyMap = {};
  for (const mapping of place.mappings) {
    const target = mapping.targetAttributeName ?? "";
    const old = before[target];
    if (known["exclusive"] === false && old === undefined) continue;
    const now = toInputs(mapping);
    observed[target] = isMap(old) && sameInputs(old, now) ? old : now;
  }
  return observed;
}

/** Logs a warning for each mapping that was changed outside of the program. */
export function reportDrift(
  ctx: Pick<CallContext<EntraConfig>, "log">,
  before: PropertyValue | undefined,
  now: PropertyMap,
): void {
  if (!isMap(before)) return;
  const path = (target: string): string => formatPath(["mappings", target]);
  for (const target of new Set([...Object.keys(before), ...Object.keys(now)])) {
    const was = before[target];
    const is = now[target];
    if (!isMap(is)) ctx.log("warning", `${path(target)} was removed outside of this program.`);
    else if (!isMap(was))
      ctx.log("warning", `${path(target)} was added outside of this program: ${shorten(describeInputs(is))}.`);
    else if (was !== is)
      ctx.log("warning", `${path(target)} was changed outside of this program: it is ${shorten(describeInputs(is))}.`);
  }
}

function describeInputs(inputs: PropertyMap): string {
  let mapping: Mapping;
  try {
    mapping = fromInputs(inputs);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return String(inputs["expression"]); // an expression that our parser does not support
  }
  return [
    mapping.expression ?? "a fixed value",
    ...(mapping.matchingPriority === 0 ? [] : [`matching with precedence ${mapping.matchingPriority}`]),
    ...(mapping.flowType === "Always" ? [] : [`applied ${mapping.flowType}`]),
    ...(mapping.default === null ? [] : [`with default "${mapping.default}"`]),
  ].join(", ");
}
