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
