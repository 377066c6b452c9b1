import type { Argument, Expression } from "./ast";

/** Returns a text as a string literal, with `\` and `"` escaped. */
export function quote(value: string): string {
  return `"${value.replace(/[\\"]/g, "\\$&")}"`;
}

/**
 * Returns the normal form of an expression with the provisioning service's spacing and with blank arguments:
 * `Replace([preferredLanguage], "-", , , "_", , )`.
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
