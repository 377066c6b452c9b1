import {
  compile,
  ExpressionError,
  functions,
  parse,
  sourceExpression,
  toMappingSource,
  type InputValue,
  type OutputValue,
} from "entra-mappings";

import type { MappingSource } from "./mappingSource";

// Only this file of the emulator compiles and evaluates expressions.

const compiled = new Map<string, ReturnType<typeof compile>>();

/** Evaluates a mapping source for an object. Null: nothing is sent. Throws ExpressionError if the evaluation fails. */
export function evaluateSource(source: MappingSource, lookup: (name: string) => InputValue): OutputValue {
  if (source.type === "Constant") return source.name;
  const text = source.type === "Attribute" ? `[${source.name}]` : sourceExpression(source);
  const evaluate = compiled.get(text) ?? compile(text, { now: () => new Date() });
  compiled.set(text, evaluate);
  return evaluate(lookup);
}

/** Returns the syntax error of a function's expression; undefined if it is valid. */
export function expressionProblem(source: MappingSource): string | undefined {
  if (source.type !== "Function") return undefined;
  try {
    parse(sourceExpression(source));
    return undefined;
  } catch (error) {
    if (error instanceof ExpressionError) return error.message;
    throw error;
  }
}

/** Returns the names of the attributes that a source reads. */
export function attributesOf({ type, name, parameters }: MappingSource): string[] {
  if (type === "Attribute") return [name];
  return (parameters ?? []).flatMap(({ value }) => attributesOf(value));
}

/** Parses and evaluates an expression like `parseExpression` of Graph. The result reports failures instead of throwing them. */
export function explainExpression(text: string, properties: ReadonlyMap<string, InputValue> | undefined) {
  const answer = {
    error: null as Record<string, unknown> | null,
    evaluationResult: [] as string[],
    evaluationSucceeded: false,
    parsedExpression: null as MappingSource | null,
    parsingSucceeded: false,
  };
  try {
    const tree = parse(text);
    answer.parsedExpression = toMappingSource(tree);
    answer.parsingSucceeded = true;
    if (properties === undefined) return answer;
    const value = compile(tree, { now: () => new Date() })((name) => properties.get(name));
    answer.evaluationResult = value === null ? [] : [value].flat();
    answer.evaluationSucceeded = true;
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const code = answer.parsingSucceeded ? "ExpressionEvaluationFailed" : "ExpressionParsingFailed";
    answer.error = { code, message: error.message, target: null, details: [], innerError: null };
  }
  return answer;
}

/** Returns the functions that `GET schema/functions` lists. */
export function functionList() {
  return [...functions.values()].map(({ name, parameters, repeating }) => ({
    id: name,
    name,
    parameters: parameters.map((parameter, index) => ({
      name: parameter.key,
      required: parameter.required,
      allowMultipleOccurrences: index >= parameters.length - repeating,
      type: "String",
    })),
  }));
}
