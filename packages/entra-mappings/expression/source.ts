import type { Argument, Expression } from "./ast";
import { findFunction, parameterAt, type FunctionSpec } from "./functions";
import { parse } from "./parser";
import { print, quote } from "./printer";

/** Microsoft Graph's `attributeMappingSource`: the source of a target attribute's value. */
export interface AttributeMappingSource {
  type: "Attribute" | "Constant" | "Function";
  /** The name of the attribute, the value of the constant, or the name of the function. */
  name: string;
  /** The source as an expression in the service's normal form. */
  expression: string;
  /** The supplied arguments of a function, in order; empty for other types. */
  parameters: { key: string; value: AttributeMappingSource }[];
}

/** A source as Graph returns it. Every property can be missing. */
export interface GraphSource {
  type?: string | null;
  name?: string | null;
  expression?: string | null;
  parameters?: unknown;
}

/**
 * Converts an expression to Graph JSON. Blank arguments have no entry, and a number becomes a string: `1` becomes `"1"`, as in the
 * service's responses. The storage of comparisons and keywords is undocumented; here, each is a constant whose expression has no
 * quotes.
 */
export function toMappingSource(expression: Expression): AttributeMappingSource {
  switch (expression.kind) {
    case "attribute":
      return { type: "Attribute", name: expression.name, expression: print(expression), parameters: [] };
    case "call": {
      const spec = findFunction(expression.name) as FunctionSpec;
      const named = withKeys(spec, expression.arguments);
      return {
        type: "Function",
        name: expression.name,
        expression: print(expression),
        parameters: named.flatMap(([key, argument]) =>
          argument.kind === "blank" ? [] : [{ key, value: toMappingSource(argument) }],
        ),
      };
    }
    case "string":
      return constant(expression.value, print(expression));
    case "number":
      return constant(expression.text, quote(expression.text));
    case "keyword":
    case "comparison":
      return constant(print(expression), print(expression));
  }
}

function constant(name: string, expression: string): AttributeMappingSource {
  return { type: "Constant", name, expression, parameters: [] };
}

function withKeys(spec: FunctionSpec, list: Argument[]): [string, Argument][] {
  // FormatDateTime with three arguments has no dateTimeStyles. Its keys come from Graph's own list.
  const skip = spec.name === "FormatDateTime" && list.length === 3 ? 1 : 0;
  return list.map((argument, index) => [parameterAt(spec, index === 0 ? 0 : index + skip)?.key ?? "", argument]);
}

/**
 * Returns the expression of a Graph source in normal form: from its text, or rebuilt from type, name and parameters, because Graph
 * accepts sources without text. A text that does not parse is returned trimmed, so that a comparison detects the difference.
 */
export function sourceExpression(source: GraphSource): string {
  const { type, name, expression } = source;
  if (typeof expression === "string" && expression.trim() !== "") {
    try {
      return print(parse(expression));
    } catch {
      return expression.trim();
    }
  }
  if (type === "Constant") return quote(name ?? "");
  if (type === "Function") return rebuild(name ?? "", readParameters(source.parameters));
  return `[${name ?? ""}]`;
}

function readParameters(parameters: unknown): { key: string; text: string }[] {
  if (!Array.isArray(parameters)) return [];
  return parameters.flatMap((entry: unknown) => {
    const { key, value } = (entry ?? {}) as { key?: unknown; value?: unknown };
    if (typeof key !== "string" || typeof value !== "object" || value === null) return [];
    return [{ key, text: sourceExpression(value) }];
  });
}

/** Restores the positions of the supplied arguments, with blanks in between. */
function rebuild(name: string, given: { key: string; text: string }[]): string {
  const spec = findFunction(name);
  if (spec === undefined) return `${name}(${given.map(({ text }) => text).join(", ")})`;
  const list: string[] = [];
  const fixed = spec.parameters.length - spec.repeating;
  let next = 0;
  for (let index = 0; index < fixed; index += 1) {
    const parameter = spec.parameters[index];
    const entry = given[next];
    if (entry !== undefined && sameKey(entry.key, parameter?.key, parameter?.name)) {
      list.push(entry.text);
      next += 1;
    } else {
      list.push("");
    }
  }
  list.push(...given.slice(next).map(({ text }) => text));
  return normalOr(`${spec.name}(${trimOptional(spec, list).join(", ")})`);
}

function sameKey(key: string, ...names: (string | undefined)[]): boolean {
  return names.some((name) => name?.toLowerCase() === key.toLowerCase());
}

/** Removes optional arguments at the end that are not supplied. The service always prints Replace with all seven arguments. */
function trimOptional(spec: FunctionSpec, list: string[]): string[] {
  if (spec.name === "Replace") return list;
  let length = list.length;
  while (length > spec.minimum && list[length - 1] === "") length -= 1;
  return list.slice(0, length);
}

function normalOr(text: string): string {
  try {
    return print(parse(text));
  } catch {
    return text;
  }
}
