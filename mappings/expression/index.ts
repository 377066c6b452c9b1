/**
 * The expression language of Microsoft Entra's attribute mappings: read, print, check, and compute it as the provisioning service does.
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

import { parse } from "./parser";
import { print } from "./printer";

/** The normal form of an expression's text: two expressions that differ in spacing only have the same. */
export function normalize(text: string): string {
  return print(parse(text));
}
