/** A part of an expression with its start, so that later errors can point at it. */
interface Node {
  /** 0-based offset into the parsed text. */
  position: number;
}

/** `[userPrincipalName]`: the value of an attribute of the source object. */
export interface AttributeReference extends Node {
  kind: "attribute";
  name: string;
}

/** `"text"`: a string literal. `value` is unescaped. */
export interface StringLiteral extends Node {
  kind: "string";
  value: string;
}

/** `1`, `-10`, `42568.75` or `&HF7`: stored as written, because `Len(42568.75)` counts its characters. */
export interface NumberLiteral extends Node {
  kind: "number";
  text: string;
}

/** A bare word: `vbBinaryCompare`, `vbTextCompare`, `IgnoreAttributeFlow`, `IgnoreObjectFlow`. */
export interface Keyword extends Node {
  kind: "keyword";
  name: string;
}

export type ComparisonOperator = "=" | "<>" | ">" | ">=" | "<" | "<=";

/** `[country]="USA"`: a comparison, allowed as the condition of IIF and as the argument of CBool. */
export interface Comparison extends Node {
  kind: "comparison";
  operator: ComparisonOperator;
  left: Expression;
  right: Expression;
}

/** `Name(argument, ...)`: a function call. `name` has the documented spelling. */
export interface FunctionCall extends Node {
  kind: "call";
  name: string;
  arguments: Argument[];
}

/** A blank between two commas: the argument is not supplied. This differs from `""`. */
export interface Blank extends Node {
  kind: "blank";
}

export type Expression = AttributeReference | StringLiteral | NumberLiteral | Keyword | Comparison | FunctionCall;
export type Argument = Expression | Blank;
