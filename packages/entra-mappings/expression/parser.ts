import type { Argument, ComparisonOperator, Expression, FunctionCall } from "./ast";
import { ExpressionError } from "./error";
import { findFunction, flowKeywords, functions, parameterAt, type FunctionSpec } from "./functions";
import { findClosest } from "../suggestions";
import { tokenize, type Token } from "./lexer";
import { joinProblem } from "./mistakes";

/** Maximum nesting of calls. A longer nesting fits in an expression but has no practical use; the limit protects the stack. */
export const MAXIMUM_DEPTH = 500;

const sources = new WeakMap<Expression, string>();

/** Returns the text that an expression was parsed from, or undefined if it was not parsed. */
export function sourceText(expression: Expression): string | undefined {
  return sources.get(expression);
}

/**
 * Parses a mapping expression: a function call, or a single [attribute] or "string" as in Graph's attribute and constant sources.
 * Validates names, the number of arguments, and that required arguments are not blank.
 * @throws ExpressionError with the position of the first error
 */
export function parse(text: string): Expression {
  const expression = new Parser(text).whole();
  sources.set(expression, text);
  return expression;
}

class Parser {
  private readonly tokens: Token[];
  private at = 0;
  private depth = 0;

  constructor(private readonly text: string) {
    this.tokens = tokenize(text);
  }

  whole(): Expression {
    if (this.peek().kind === "end")
      this.fail("The expression is empty; expected a function such as ToLower([mail]).", this.peek());
    const expression = this.primary(undefined);
    const rest = this.peek();
    this.rejectJoin(rest);
    if (rest.kind === "operator")
      this.fail("A comparison is allowed only as the condition of IIF or as the argument of CBool.", rest);
    if (rest.kind !== "end")
      this.fail(`The expression is complete before ${describe(rest)}; remove the text from here on.`, rest);
    return expression;
  }

  private primary(inside: string | undefined): Expression {
    const token = this.next();
    const { position } = token;
    switch (token.kind) {
      case "attribute":
        return { kind: "attribute", name: token.text, position };
      case "string":
        return { kind: "string", value: token.text, position };
      case "number":
        return { kind: "number", text: token.text, position };
      case "name":
        return this.peek().kind === "(" ? this.call(token) : this.keyword(token, inside);
      default:
        return this.fail(
          `Expected a function, an [attribute], a "string" or a number, found ${describe(token)}.`,
          token,
          inside,
        );
    }
  }

  private keyword(token: Token, inside: string | undefined): Expression {
    const words = [...flowKeywords, "vbBinaryCompare", "vbTextCompare"];
    const name = words.find((word) => word.toLowerCase() === token.text.toLowerCase());
    if (name !== undefined) return { kind: "keyword", name, position: token.position };
    this.rejectJoin(token, inside);
    const advice =
      findFunction(token.text) === undefined
        ? `write [${token.text}] for an attribute, "${token.text}" for a string, or the name of a function and (`
        : "write ( after the name of a function";
    return this.fail(`The word ${token.text} is not an expression; ${advice}.`, token, inside);
  }

  private call(name: Token): FunctionCall {
    const spec = findFunction(name.text);
    if (spec === undefined) {
      this.rejectJoin(name);
      return this.fail(`The function ${name.text} does not exist; ${suggestion(name.text)}`, name);
    }
    this.depth += 1;
    if (this.depth > MAXIMUM_DEPTH) {
      this.fail(`Functions are nested more than ${MAXIMUM_DEPTH} levels deep; use fewer levels.`, name, spec.name);
    }
    this.next();
    const list = this.argumentList(spec);
    this.depth -= 1;
    const node: FunctionCall = { kind: "call", name: spec.name, arguments: list, position: name.position };
    this.check(node, spec);
    return node;
  }

  private argumentList(spec: FunctionSpec): Argument[] {
    const list: Argument[] = [];
    if (this.peek().kind === ")") {
      this.next();
      return list;
    }
    for (;;) {
      const start = this.peek();
      if (start.kind === "," || start.kind === ")") list.push({ kind: "blank", position: start.position });
      else list.push(this.argument(spec, list.length));
      const separator = this.next();
      if (separator.kind === ")") return list;
      if (separator.kind !== ",") {
        this.rejectJoin(separator, spec.name);
        const place = separator.kind === "end" ? "the expression ends" : `found ${describe(separator)}`;
        this.fail(
          `Expected a comma or ) after argument ${list.length} of ${spec.name}, but ${place}.`,
          separator,
          spec.name,
        );
      }
    }
  }

  private argument(spec: FunctionSpec, index: number): Expression {
    const left = this.primary(spec.name);
    const operator = this.peek();
    if (operator.kind !== "operator") return left;
    if (parameterAt(spec, index)?.condition !== true) {
      this.fail(
        `Argument ${index + 1} of ${spec.name} is a comparison; only the condition of IIF and the argument of CBool may be a comparison.`,
        operator,
        spec.name,
      );
    }
    this.next();
    const right = this.primary(spec.name);
    const more = this.peek();
    if (more.kind === "operator")
      this.fail("A condition can contain one comparison only; nest IIF for more.", more, spec.name);
    return { kind: "comparison", operator: operator.text as ComparisonOperator, left, right, position: left.position };
  }

  private check(node: FunctionCall, spec: FunctionSpec): void {
    const count = node.arguments.length;
    if (count < spec.minimum || count > spec.maximum) {
      this.fail(`${spec.name} requires ${countInWords(spec)}, found ${count}: ${signature(spec)}.`, node, spec.name);
    }
    const fixed = spec.parameters.length - spec.repeating;
    if (spec.repeating > 1 && (count - fixed) % spec.repeating !== 0) {
      const lacking = node.arguments[count - 1] ?? node;
      this.fail(
        `${spec.name} requires pairs of keys and values after source and defaultValue (which may be blank), but the last key has no value: ${signature(spec)}.`,
        lacking,
        spec.name,
      );
    }
    // The three-argument form of FormatDateTime has no styles parameter, so none of its arguments may be blank.
    const short = spec.name === "FormatDateTime" && count === 3;
    node.arguments.forEach((argument, index) => {
      const parameter = parameterAt(spec, index);
      if (parameter === undefined) return;
      if (argument.kind === "blank" && (parameter.required || short)) {
        this.fail(
          `${spec.name} requires a value for ${parameter.name}, argument ${index + 1}, which is blank.`,
          argument,
          spec.name,
        );
      }
      if (argument.kind === "keyword" && !(parameter.keywords ?? flowKeywords).some((word) => word === argument.name)) {
        this.fail(
          `${argument.name} is not allowed for ${parameter.name}, argument ${index + 1} of ${spec.name}.`,
          argument,
          spec.name,
        );
      }
    });
  }

  /** Rejects And and Or, which join conditions in other languages. */
  private rejectJoin(token: Token, inside?: string): void {
    if (token.kind === "name" && /^(and|or)$/i.test(token.text)) this.fail(joinProblem, token, inside);
  }

  private peek(): Token {
    return this.tokens[this.at] as Token;
  }

  private next(): Token {
    const token = this.peek();
    if (token.kind !== "end") this.at += 1;
    return token;
  }

  private fail(message: string, { position }: { position: number }, functionName?: string): never {
    throw new ExpressionError(message, {
      position,
      text: this.text,
      functionName,
    });
  }
}

function describe(token: Token): string {
  if (token.kind === "end") return "the end of the expression";
  if (token.kind === "string") return `the string ${JSON.stringify(token.text)}`;
  if (token.kind === "attribute") return `the attribute [${token.text}]`;
  return token.text;
}

function countInWords({ minimum, maximum }: FunctionSpec): string {
  const noun = (count: number): string => `${count} ${count === 1 ? "argument" : "arguments"}`;
  if (maximum === Infinity) return `at least ${noun(minimum)}`;
  return minimum === maximum ? noun(minimum) : `${minimum} to ${noun(maximum)}`;
}

/** Returns the signature as in the reference, such as `Left(String, NumChars)`. */
function signature(spec: FunctionSpec): string {
  const names = spec.parameters.map(({ name }) => name).join(", ");
  return `${spec.name}(${names}${spec.repeating > 0 ? ", ..." : ""})`;
}

function suggestion(name: string): string {
  const found = findClosest(name, functions.keys());
  return found === undefined
    ? "see the list of functions of Entra's attribute mapping expressions."
    : `did you mean ${found}?`;
}
