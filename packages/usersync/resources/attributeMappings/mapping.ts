import { type Expression, parse, print, sourceExpression } from "entra-mappings";
import { isMap, type PropertyMap, type PropertyValue } from "../../host/types";
import type { GraphMapping } from "../../clients/graph/schema";

/** Mapping of one target attribute in the normal form for comparison. */
export interface Mapping {
  /** Source expression in normal form; null if only the default is written. */
  expression: string | null;
  /** 0 if not used for matching. */
  matchingPriority: number;
  /** Graph's value: `Always`, `ObjectAddOnly`, ... */
  flowType: string;
  default: string | null;
}

/** Graph's flow types that a mapping can have as input; the first is the default. */
export const flowTypes = ["Always", "ObjectAddOnly"] as const;
const defaultFlowType = flowTypes[0];

/** Returns the syntax tree of a mapping's inputs; undefined without a source. @throws ExpressionError */
export function parseSource(given: PropertyMap): Expression | undefined {
  const { source, expression, constant } = given;
  if (typeof source === "string") return { kind: "attribute", name: source, position: 0 };
  if (typeof constant === "string") return { kind: "string", value: constant, position: 0 };
  return typeof expression === "string" ? parse(expression) : undefined;
}

/** Lists the source attributes that an expression reads. */
export function attributesIn(tree: Expression): string[] {
  switch (tree.kind) {
    case "attribute":
      return [tree.name];
    case "comparison":
      return [...attributesIn(tree.left), ...attributesIn(tree.right)];
    case "call":
      return tree.arguments.flatMap((argument) => (argument.kind === "blank" ? [] : attributesIn(argument)));
    default:
      return [];
  }
}

/** Converts checked inputs to the normal form. @throws ExpressionError */
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

/** Converts a mapping of the service to the normal form. */
export function fromGraph(mapping: GraphMapping): Mapping {
  return {
    expression: mapping.source == null ? null : sourceExpression(mapping.source),
    matchingPriority: Number(mapping.matchingPriority ?? 0),
    flowType: mapping.flowType ?? defaultFlowType,
    default: mapping.defaultValue == null || mapping.defaultValue === "" ? null : mapping.defaultValue,
  };
}

/** Converts a mapping of the service to inputs. */
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
    return { expression }; // an expression that our parser does not support
  }
  if (tree.kind === "attribute") return { source: tree.name };
  return tree.kind === "string" ? { constant: tree.value } : { expression };
}

/** Lists the inputs in which two mappings differ. */
export function mappingDifferences(a: Mapping, b: Mapping): (keyof PropertyMap & string)[] {
  return [
    ...(a.expression === b.expression ? [] : ["source"]),
    ...(a.matchingPriority === b.matchingPriority ? [] : ["matchingPriority"]),
    ...(sameWord(a.flowType, b.flowType) ? [] : ["flowType"]),
    ...(a.default === b.default ? [] : ["default"]),
  ];
}

/** Returns whether two mappings given as inputs are equivalent. A mapping that does not parse equals no other. */
export function sameInputs(a: PropertyValue | undefined, b: PropertyValue | undefined): boolean {
  if (!isMap(a) || !isMap(b)) return false;
  try {
    return mappingDifferences(fromInputs(a), fromInputs(b)).length === 0;
  } catch {
    return false;
  }
}

export function sameWord(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
