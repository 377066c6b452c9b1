import { ExpressionError, findClosest } from "entra-mappings";
import * as z from "zod/mini";

import type { SynchronizationSchema } from "../../clients/graph/schema";
import { formatPath } from "../../host/paths";
import { objectType, property, type Values, wholeNumber } from "../../host/properties";
import { type CheckFailure, isMap, type PropertyMap } from "../../host/types";
import { crossCheck } from "../../host/validate";
import { hasUnknown } from "../../host/wire";
import { jobIdentity, percentage } from "../synchronizationJob";
import { attributesIn, flowTypes, parseSource } from "./mapping";
import type { WantedMappings } from "./merge";
import { type ObjectMappingLocation, attributesOf } from "./objectMapping";

const sources = ["source", "expression", "constant"];

const attributeMapping = objectType(
  "usersync:entra:AttributeMapping",
  "Mapping of one target attribute. Set exactly one of `source`, `expression` and `constant`, or only `default` for a " +
    'fixed value on creation (the portal\'s mapping type "None").',
  {
    source: property(
      "Source attribute by its provisioning name: `mail`, `userPrincipalName`, `IsSoftDeleted`.",
      z.optional(
        z.string().check(
          z.regex(/^[\w.:-]+$/, {
            error: ({ input }) =>
              `"${String(input)}" is not the name of an attribute (without brackets); for any other source use expression.`,
          }),
        ),
      ),
    ),
    expression: property(
      "Expression in Entra's language: `Not([IsSoftDeleted])`. A change of spacing is no change.",
      z.optional(
        z.string().check(
          z.superRefine((text, ctx) => {
            const message = parseProblem(text);
            if (message !== undefined) ctx.addIssue({ code: "custom", message, input: text });
          }),
        ),
      ),
    ),
    constant: property("Constant value for all users.", z.optional(z.string())),
    matchingPriority: property(
      "Priority to match existing users by this attribute, 1 or higher; 1 is tried first. Default: not used for matching.",
      z.optional(wholeNumber({ minimum: 1, hint: "; omit it for an attribute that is not used for matching" })),
    ),
    flowType: property(
      "When the value is written: `Always`, or `ObjectAddOnly` to write it once when the user is created. Default: " +
        "`Always`.",
      z.optional(z.enum(flowTypes)),
    ),
    default: property("Value if the source has none. Default: none.", z.optional(z.string())),
  },
  crossCheck((mapping, report) => {
    const chosen = sources.filter((name) => mapping[name] !== undefined);
    if (chosen.length === 1 || (chosen.length === 0 && mapping["default"] !== undefined)) return;
    const found = chosen.length === 0 ? "has none" : `has ${chosen.join(" and ")}`;
    report([], `must have exactly one of source, expression and constant, or only default; it ${found}.`);
  }),
);

const mappings = z.record(z.string(), attributeMapping);

/** Inputs of AttributeMappings. */
export const mappingsInputs = {
  ...jobIdentity,
  mappings: property(
    'Mappings by target attribute: `userName`, `name.givenName`, `emails[type eq "work"].value`. At least one. Names ' +
      "that the job's schema does not contain are rejected, in a preview too.",
    mappings,
  ),
  sourceObject: property("Object of the source directory.", z._default(z.string(), "User")),
  targetObject: property(
    "Object of the target directory. Default: the object that `sourceObject` is mapped to. Required if there are several.",
    z.optional(z.string()),
  ),
  exclusive: property(
    "Remove all other mappings of the object. With true, one mapping needs `matchingPriority`.",
    z._default(z.boolean(), true),
  ),
  maxRenamedPercent: property(
    "Limit for renames: percentage of the provisioned users whose `userName` a change of `mappings` may change. A larger " +
      "change is rejected, in a preview too. A repair of drift only logs a warning. Default: 100 (no limit).",
    percentage,
    // A changed limit alone changes nothing in Entra.
    { ignoreChanges: true },
  ),
  maxLockedOutPercent: property(
    "Limit for lockouts: percentage of the provisioned users that a change of `mappings` may keep from logging in. They " +
      "would have no usable `userName`, no email, or be inactive. A larger change is rejected, in a preview too. A repair " +
      "of drift only logs a warning. Default: 100 (no limit).",
    percentage,
    { ignoreChanges: true },
  ),
};

export type MappingsInputs = Values<typeof mappingsInputs>;

/** Outputs of AttributeMappings in addition to its inputs. */
export const mappingsOutputs = {
  declaredMappings: property(
    "Value of `mappings` that the program declared last. A refresh overwrites `mappings` itself with the current mappings.",
    mappings,
  ),
  schemaVersion: property(
    "Version of the schema after the last change by this resource, assigned by the service.",
    z.string(),
  ),
  previousVersion: property("Version of the schema before that change.", z.string()),
};

/** Returns why an expression does not parse; undefined if it does. */
function parseProblem(expression: string): string | undefined {
  try {
    parseSource({ expression });
    return undefined;
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const caret = error.caret();
    return `${error.message} (character ${error.position + 1})${caret === "" ? "" : `\n${caret}`}`;
  }
}

/** Checks the mappings together: at least one, and matching priorities that Entra accepts. */
export function checkMappings({ mappings, exclusive }: PropertyMap): CheckFailure[] {
  if (!isMap(mappings)) return [];
  if (Object.keys(mappings).length > 0) return checkPrecedence(mappings, exclusive === true);
  const reason = "must contain at least one mapping, keyed by target attribute.";
  return [{ property: "mappings", reason }];
}

function checkPrecedence(mappings: PropertyMap, exclusive: boolean): CheckFailure[] {
  const failures: CheckFailure[] = [];
  const byPriority = new Map<number, string>();
  for (const [target, mapping] of Object.entries(mappings)) {
    const priority = isMap(mapping) ? mapping["matchingPriority"] : undefined;
    if (typeof priority !== "number") continue;
    const other = byPriority.get(priority);
    if (other === undefined) byPriority.set(priority, target);
    else {
      const reason = `is ${priority}, the same as for ${other}; each matching attribute needs its own value.`;
      failures.push({ property: formatPath(["mappings", target, "matchingPriority"]), reason });
    }
  }
  if (exclusive && byPriority.size === 0 && !hasUnknown(mappings)) {
    const reason = "must contain an attribute with matchingPriority: without one Entra cannot match existing users.";
    failures.push({ property: "mappings", reason });
  }
  return failures;
}

/**
 * Reports target and source attributes that the job's schema does not contain. Attributes in an existing mapping are
 * valid even if the schema does not list them.
 */
export function checkNames(
  schema: SynchronizationSchema,
  place: ObjectMappingLocation,
  wanted: WantedMappings,
): CheckFailure[] {
  const { rule, object } = place;
  const targets = attributesOf(schema, rule.targetDirectoryName, object.targetObjectName);
  const sources = attributesOf(schema, rule.sourceDirectoryName, object.sourceObjectName);
  for (const { targetAttributeName, source } of place.mappings) {
    if (targetAttributeName != null) targets?.add(targetAttributeName);
    for (const name of namesInSource(source)) sources?.add(name);
  }
  return Object.entries(wanted).flatMap(([target, mapping]) => {
    const failures: CheckFailure[] = [];
    if (targets !== undefined && !targets.has(target)) {
      const reason = `is not an attribute of ${object.targetObjectName ?? ""}${suggestion(target, targets)}.`;
      failures.push({ property: formatPath(["mappings", target]), reason });
    }
    const tree = parseSource(mapping);
    for (const name of new Set(tree === undefined ? [] : attributesIn(tree))) {
      if (sources === undefined || sources.has(name)) continue;
      const property = formatPath(["mappings", target, mapping["source"] === undefined ? "expression" : "source"]);
      const reason = `[${name}] is not an attribute of ${object.sourceObjectName ?? ""}${suggestion(name, sources)}.`;
      failures.push({ property, reason });
    }
    return failures;
  });
}

function namesInSource(source: ObjectMappingLocation["mappings"][number]["source"]): string[] {
  if (source == null) return [];
  const parameters = Array.isArray(source["parameters"]) ? (source["parameters"] as { value?: typeof source }[]) : [];
  const own = source["type"] === "Attribute" && typeof source["name"] === "string" ? [source["name"]] : [];
  return [...own, ...parameters.flatMap(({ value }) => namesInSource(value))];
}

function suggestion(name: string, known: ReadonlySet<string>): string {
  const close = findClosest(name, known);
  return close === undefined ? "" : `; the closest name is ${close}`;
}
