/** A part of an expression knows where it began, so that every later error can point at it. */
interface Node {
  /** 0-based offset into the text that was parsed. */
  position: number;
}

/** `[userPrincipalName]`: the value of an attribute of the source object. */
export interface AttributeReference extends Node {
  kind: "attribute";
  name: string;
}

/** `"text"`: unescaped. */
export interface StringLiteral extends Node {
  kind: "string";
  value: string;
}

/** `1`, `-10`, `42568.75` or `&HF7`: as written, since `Len(42568.75)` counts its characters. */
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

/** `[country]="USA"`, as the condition of IIF or inside CBool. */
export interface Comparison extends Node {
  kind: "comparison";
  operator: ComparisonOperator;
  left: Expression;
  right: Expression;
}

/** `Name(argument, ...)`, the name in its documented spelling. */
export interface FunctionCall extends Node {
  kind: "call";
  name: string;
  arguments: Argument[];
}

/** Nothing between two commas: the parameter is not supplied, which is not the same as `""`. */
export interface Blank extends Node {
  kind: "blank";
}

export type Expression = AttributeReference | StringLiteral | NumberLiteral | Keyword | Comparison | FunctionCall;
export type Argument = Expression | Blank;
