/**
 * The expression language of Microsoft Entra's attribute mappings: parse, print, validate, and evaluate it as the provisioning
 * service does.
 * Source: "Reference for writing expressions for attribute mappings" (learn.microsoft.com, functions-for-customizing-application-data).
 */
export type * from "./ast";
export type { CompileOptions } from "./callsite";
export { compile, explain, type Evaluator, type Step } from "./compile";
export { ExpressionError } from "./error";
export { flowKeywords, functions, type FunctionSpec, type ParameterSpec } from "./functions";
export { MAXIMUM_LENGTH } from "./lexer";
export { parse } from "./parser";
export { print } from "./printer";
export { sourceExpression, toMappingSource, type AttributeMappingSource, type GraphSource } from "./source";
export type { AttributeLookup, InputValue, OutputValue } from "./value";

import type { Expression } from "./ast";
import { parse } from "./parser";
import { print } from "./printer";

/** Returns the normal form of an expression. Expressions that differ in spacing only have the same normal form. */
export function normalize(text: string): string {
  return print(parse(text));
}

/**
 * Returns whether two texts are the same expression. Spacing and quotes around numbers do not matter, because the service
 * sometimes prints `1` as `"1"`. A text that does not parse equals only itself.
 */
export function equivalent(first: string, second: string): boolean {
  return first === second || comparable(first) === comparable(second);
}

function comparable(text: string): string {
  try {
    return print(quoteNumbers(parse(text)));
  } catch {
    return text;
  }
}

function quoteNumbers(node: Expression): Expression {
  switch (node.kind) {
    case "number":
      return { kind: "string", value: node.text, position: node.position };
    case "call":
      return {
        ...node,
        arguments: node.arguments.map((argument) => (argument.kind === "blank" ? argument : quoteNumbers(argument))),
      };
    case "comparison":
      return { ...node, left: quoteNumbers(node.left), right: quoteNumbers(node.right) };
    default:
      return node;
  }
}
