import { map, UNKNOWN, type Resource, type Value, type Values } from "../resource";
import type { ResourceRule } from "../rule";

const types = ["usersync:entra:AttributeMappings"];

/** Returns the user mappings by target attribute, or undefined if they are unknown or map another object type. */
function mappingsOfPeople({ props }: Resource): Values | undefined {
  const { sourceObject = "User", mappings } = props;
  return sourceObject !== "User" || mappings === UNKNOWN ? undefined : map(mappings);
}

/** Returns whether the resource declares all mappings. If not, the template can provide the mappings that are missing here. */
const isWhole = ({ props }: Resource): boolean => props["exclusive"] !== false;

const isPositive = (value: Value): boolean => value === UNKNOWN || (typeof value === "number" && value > 0);

export const userNameMatches: ResourceRule = {
  name: "username-is-matching-attribute",
  description: "userName is mapped and is a matching attribute.",
  level: "mandatory",
  types,
  check(resource) {
    const mappings = mappingsOfPeople(resource);
    if (mappings === undefined || mappings["userName"] === UNKNOWN) return [];
    if (mappings["userName"] === undefined) {
      return isWhole(resource) ? ["mappings.userName is missing: no user would get an account. Add a mapping."] : [];
    }
    if (isPositive(map(mappings["userName"])["matchingPriority"])) return [];
    return [
      "mappings.userName has no matchingPriority: Entra ID could not find existing accounts and would fail or create duplicates. Set a number above 0.",
    ];
  },
};

export const deactivationArrives: ResourceRule = {
  name: "active-is-mapped",
  description: "active is mapped and always applied, so that a user who is disabled in Entra ID cannot log in.",
  level: "mandatory",
  types,
  check(resource) {
    const mappings = mappingsOfPeople(resource);
    if (mappings === undefined || mappings["active"] === UNKNOWN) return [];
    if (mappings["active"] === undefined) {
      return isWhole(resource) ? ["mappings.active is missing: disabled users would keep access. Add a mapping."] : [];
    }
    const { flowType = "Always", constant } = map(mappings["active"]);
    if (constant !== undefined)
      return ["mappings.active is a constant: disabled users would keep access. Use an expression."];
    if (flowType === "Always" || flowType === UNKNOWN) return [];
    return [
      "mappings.active is applied only when a user is created: a user who is disabled later would keep access. Apply it always.",
    ];
  },
};
