import { map, UNKNOWN, type Resource, type Value, type Values } from "../resource";
import type { ResourceRule } from "../rule";

const types = ["usersync:entra:AttributeMappings"];

/** The mappings of people, by target attribute; undefined where they are unknown, or those of another kind of object. */
function mappingsOfPeople({ props }: Resource): Values | undefined {
  const { sourceObject = "User", mappings } = props;
  return sourceObject !== "User" || mappings === UNKNOWN ? undefined : map(mappings);
}

/** Whether the set may be added to: then what is missing may be the template's own. */
const isWhole = ({ props }: Resource): boolean => props["exclusive"] !== false;

const isPositive = (value: Value): boolean => value === UNKNOWN || (typeof value === "number" && value > 0);

export const userNameMatches: ResourceRule = {
  name: "username-is-matching-attribute",
  description: "userName is mapped, and matches people with a precedence.",
  level: "mandatory",
  types,
  check(resource) {
    const mappings = mappingsOfPeople(resource);
    if (mappings === undefined || mappings["userName"] === UNKNOWN) return [];
    if (mappings["userName"] === undefined) {
      return isWhole(resource) ? ["mappings.userName is missing: nobody would get an account."] : [];
    }
    if (isPositive(map(mappings["userName"])["matchingPriority"])) return [];
    return [
      "mappings.userName has no matchingPriority: Entra could not tell who is there already, and would fail or make people anew.",
    ];
  },
};

export const deactivationArrives: ResourceRule = {
  name: "active-is-mapped",
  description: "active is mapped and always applied, so that who is disabled in Entra ID cannot log in.",
  level: "mandatory",
  types,
  check(resource) {
    const mappings = mappingsOfPeople(resource);
    if (mappings === undefined || mappings["active"] === UNKNOWN) return [];
    if (mappings["active"] === undefined) {
      return isWhole(resource) ? ["mappings.active is missing: people who are disabled would keep their access."] : [];
    }
    const { flowType = "Always", constant } = map(mappings["active"]);
    if (constant !== undefined)
      return ["mappings.active is a constant: people who are disabled would keep their access."];
    if (flowType === "Always" || flowType === UNKNOWN) return [];
    return ["mappings.active is applied only when people are created: who is disabled later would keep the access."];
  },
};
