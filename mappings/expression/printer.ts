import type { Argument, Expression } from "./ast";

/** A text as a literal of the language: `\` and `"` are escaped. */
export function quote(value: string): string {
  return `"${value.replace(/[\\"]/g, "\\$&")}"`;
}

/**
 * The normal form of an expression, spaced as the provisioning service prints it:
 * `Replace([preferredLanguage], "-", , , "_", , )`, blanks included.
 */
export function print(expression: Expression): string {
  switch (expression.kind) {
    case "attribute":
      return `[${expression.name}]`;
    case "string":
      return quote(expression.value);
    case "number":
      return expression.text;
    case "keyword":
      return expression.name;
    case "comparison":
      return `${print(expression.left)} ${expression.operator} ${print(expression.right)}`;
    case "call":
      return `${expression.name}(${expression.arguments.map(printArgument).join(", ")})`;
  }
}

function printArgument(argument: Argument): string {
  return argument.kind === "blank" ? "" : print(argument);
}
