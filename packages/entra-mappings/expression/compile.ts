import type { Argument, Expression, FunctionCall } from "./ast";
import { builtins } from "./builtins/implementations";
import { compileComparison } from "./builtins/compare";
import { Budget, MAX_STEPS } from "./budget";
import { CallSite, type CompiledArgument, type CompileOptions } from "./callsite";
import { ExpressionError } from "./error";
import { findFunction, type FunctionSpec } from "./functions";
import { parse, sourceText } from "./parser";
import { print } from "./printer";
import { parseNumber, toOutput, type AttributeLookup, type OutputValue, type Thunk } from "./value";

/** Computes the value that flows for one user. @throws ExpressionError if the expression cannot process a value */
export type Evaluator = (lookup: AttributeLookup) => OutputValue;

/**
 * Compiles an expression to a function, so that nothing is parsed per user.
 * @throws ExpressionError if the expression, a pattern or a number in it is invalid, or if its value cannot be previewed (random
 *   values, uniqueness in the target, DefaultDomain() without options.defaultDomain). The evaluator throws it for values that a
 *   function cannot process and for a call of Now() without options.now.
 */
export function compile(expression: Expression | string, options: CompileOptions = {}): Evaluator {
  return compileTree(typeof expression === "string" ? parse(expression) : expression, options, new Budget());
}

function compileTree(tree: Expression, options: CompileOptions, budget: Budget): Evaluator {
  // Positions in a tree that was not parsed are meaningless, so its errors have no caret.
  const steps = MAX_STEPS;
  const thunk = compileNode(tree, { options, text: sourceText(tree), budget });
  return (lookup) => {
    budget.left = steps;
    const value = thunk(lookup);
    return typeof value === "string" ? value : toOutput(value);
  };
}

interface Context {
  options: CompileOptions;
  text: string | undefined;
  budget: Budget;
}

function compileNode(node: Argument, context: Context): Thunk {
  switch (node.kind) {
    case "attribute": {
      const { name } = node;
      return (lookup) => lookup(name) ?? null;
    }
    case "blank":
      return () => null;
    case "string":
      return constant(node.value);
    case "number":
      return constant(parseNumber(node.text) ?? node.text);
    case "keyword":
      return constant(node.name);
    case "comparison":
      return compileComparison(
        node,
        { thunk: compileNode(node.left, context), attribute: node.left.kind === "attribute" },
        { thunk: compileNode(node.right, context), attribute: node.right.kind === "attribute" },
      );
    case "call":
      return compileCall(node, context);
  }
}

function compileCall(node: FunctionCall, context: Context): Thunk {
  const spec = findFunction(node.name) as FunctionSpec;
  const { position } = node;
  const place = { position, functionName: spec.name, text: context.text };
  const builtin = builtins.get(spec.name);
  if (builtin === undefined) {
    throw new ExpressionError(`${spec.name} cannot be previewed: it ${spec.reason ?? "is not deterministic"}.`, place);
  }
  const list = node.arguments.map((argument) => compileArgument(argument, context));
  return builtin(new CallSite(spec, list, context.options, position, context.text, context.budget));
}

function compileArgument(node: Argument, context: Context): CompiledArgument {
  const thunk = compileNode(node, context);
  const literal = node.kind === "string" || node.kind === "number" || node.kind === "keyword";
  return { node, thunk, supplied: node.kind !== "blank", constant: literal ? thunk(() => null) : undefined };
}

function constant(value: string | number | bigint): Thunk {
  return () => value;
}

/** One step of an evaluation: a part of the expression with its result or its error. */
export interface Step {
  expression: string;
  output?: OutputValue;
  error?: string;
}

/** Evaluates each call in an expression for one user, innermost first, and returns all intermediate results. */
export function explain(
  expression: Expression | string,
  lookup: AttributeLookup,
  options: CompileOptions = {},
): Step[] {
  const tree = typeof expression === "string" ? parse(expression) : expression;
  // Shared, so that all steps together take no longer than the evaluation of many users.
  const budget = new Budget();
  const steps: Step[] = [];
  const visit = (node: Argument): void => {
    if (node.kind === "comparison") {
      visit(node.left);
      visit(node.right);
    }
    if (node.kind !== "call") return;
    node.arguments.forEach(visit);
    try {
      steps.push({ expression: print(node), output: compileTree(node, options, budget)(lookup) });
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      steps.push({ expression: print(node), error: error.message });
    }
  };
  visit(tree);
  return steps;
}
