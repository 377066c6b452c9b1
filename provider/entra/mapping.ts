import type { Expression } from "../../mappings/expression";
import { parse, print, sourceExpression } from "../../mappings/expression";
import type { PropertyMap, PropertyValue } from "../host";
import type { GraphMapping, JsonObject } from "./schema";

/** What one target attribute gets, in the form in which two of them are compared. */
export interface Mapping {
  /** The source in normal form; null: none, only the default flows. */
  expression: string | null;
  /** 0: not used for matching. */
  matchingPriority: number;
  /** Graph's word: `Always`, `ObjectAddOnly`, ... */
  flowType: string;
  default: string | null;
}

/** Graph's flow types that a mapping can have as input; the first is the default. */
export const flowTypes = ["Always", "ObjectAddOnly"] as const;
const defaultFlowType = flowTypes[0];

/** The syntax tree of a mapping given as inputs; undefined when it has no source. @throws ExpressionError */
export function parseSource(given: PropertyMap): Expression | undefined {
  const { source, expression, constant } = given;
  if (typeof source === "string") return { kind: "attribute", name: source, position: 0 };
  if (typeof constant === "string") return { kind: "string", value: constant, position: 0 };
  return typeof expression === "string" ? parse(expression) : undefined;
}

/** Inputs that have passed the checks, ready to be compared. @throws ExpressionError */
export function fromInputs(given: PropertyMap): Mapping {
  const source = parseSource(given);
  const { matchingPriority, flowType, default: fallback } = given;
  return {
    expression: source === undefined ? null : print(source),
    matchingPriority: typeof matchingPriority === "number" ? matchingPriority : 0,
    flowType: typeof flowType === "string" ? flowType : defaultFlowType,
    default: typeof fallback === "string" && fallback !== "" ? fallback : null,
  };
}

/** What the service has. */
export function fromGraph(mapping: GraphMapping): Mapping {
  return {
    expression: mapping.source == null ? null : sourceExpression(mapping.source as JsonObject),
    matchingPriority: Number(mapping.matchingPriority ?? 0),
    flowType: mapping.flowType ?? defaultFlowType,
    default: mapping.defaultValue == null || mapping.defaultValue === "" ? null : mapping.defaultValue,
  };
}

/** What a program would say to get what the service has. */
export function toInputs(mapping: GraphMapping): PropertyMap {
  const { expression, matchingPriority, flowType: found, default: fallback } = fromGraph(mapping);
  const flowType = flowTypes.find((one) => sameWord(one, found)) ?? found;
  return {
    ...(expression === null ? {} : describeSource(expression)),
    ...(matchingPriority === 0 ? {} : { matchingPriority }),
    ...(flowType === defaultFlowType ? {} : { flowType }),
    ...(fallback === null ? {} : { default: fallback }),
  };
}

function describeSource(expression: string): PropertyMap {
  let tree: Expression;
  try {
    tree = parse(expression);
  } catch {
    return { expression }; // the service knows something that we do not
  }
  if (tree.kind === "attribute") return { source: tree.name };
  return tree.kind === "string" ? { constant: tree.value } : { expression };
}

/** The properties in which two mappings differ, by the names of the inputs. */
export function differences(a: Mapping, b: Mapping): (keyof PropertyMap & string)[] {
  return [
    ...(a.expression === b.expression ? [] : ["source"]),
    ...(a.matchingPriority === b.matchingPriority ? [] : ["matchingPriority"]),
    ...(sameWord(a.flowType, b.flowType) ? [] : ["flowType"]),
    ...(a.default === b.default ? [] : ["default"]),
  ];
}

/** Whether two mappings given as inputs come to the same; what does not parse is the same as nothing. */
export function sameInputs(a: PropertyValue | undefined, b: PropertyValue | undefined): boolean {
  if (!isMap(a) || !isMap(b)) return false;
  try {
    return differences(fromInputs(a), fromInputs(b)).length === 0;
  } catch {
    return false;
  }
}

export function sameWord(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

export function isMap(value: PropertyValue | undefined): value is PropertyMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
