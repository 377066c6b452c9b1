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
import type { MappingSource } from "./types";

// Only this file of the emulator compiles and evaluates expressions.

/** Evaluates a mapping source for an object. Null: nothing is sent. Throws ExpressionError if the evaluation fails. */
export function evaluateSource(source: MappingSource, lookup: (name: string) => InputValue): OutputValue {
  if (source.type === "Constant") return source.name;
  if (source.type === "Attribute") return evaluator(`[${source.name}]`)(lookup);
  return evaluator(sourceExpression(source))(lookup);
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

/** Parses and evaluates an expression like `parseExpression` of Graph. The result reports failures instead of throwing them. */
export function explainExpression(text: string, properties: ReadonlyMap<string, InputValue> | null) {
  let parsedExpression: MappingSource | null = null;
  try {
    const tree = parse(text);
    parsedExpression = toMappingSource(tree);
    if (properties === null) return answer({ parsingSucceeded: true, parsedExpression });
    const value = compile(tree, { now: () => new Date() })((name) => properties.get(name));
    const evaluationResult = value === null ? [] : [value].flat();
    return answer({ parsingSucceeded: true, evaluationSucceeded: true, evaluationResult, parsedExpression });
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const code = parsedExpression ? "ExpressionEvaluationFailed" : "ExpressionParsingFailed";
    return answer({
      parsingSucceeded: parsedExpression !== null,
      parsedExpression,
      error: { code, message: error.message, target: null, details: [], innerError: null },
    });
  }
}

function answer(given: Record<string, unknown>) {
  return {
    error: null,
    evaluationResult: [],
    evaluationSucceeded: false,
    parsedExpression: null,
    parsingSucceeded: false,
    ...given,
  };
}

/** Returns the functions that `GET schema/functions` lists. */
export function functionList() {
  return [...functions.values()].map((one) => ({
    id: one.name,
    name: one.name,
    parameters: one.parameters.map((parameter, index) => ({
      name: parameter.key,
      required: parameter.required,
      allowMultipleOccurrences: index >= one.parameters.length - one.repeating,
      type: "String",
    })),
  }));
}

const compiled = new Map<string, ReturnType<typeof compile>>();

function evaluator(text: string): ReturnType<typeof compile> {
  const cached = compiled.get(text);
  if (cached) return cached;
  const made = compile(text, { now: () => new Date() });
  compiled.set(text, made);
  return made;
}
