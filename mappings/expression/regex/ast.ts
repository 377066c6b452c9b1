import type { CharSet } from "./charset";

/** A place that must hold, without a character of its own. */
export type Assertion = "start" | "end" | "endOrNewline" | "lineStart" | "lineEnd" | "boundary" | "notBoundary";

/** A .NET regular expression. Options are already worked into it: every set is what it matches, whatever the case or the dot. */
export type RegexNode =
  | { type: "set"; set: CharSet }
  | { type: "sequence"; items: RegexNode[] }
  | { type: "alternation"; options: RegexNode[] }
  | { type: "repeat"; body: RegexNode; min: number; max: number; lazy: boolean }
  | { type: "group"; number: number; body: RegexNode }
  | { type: "atomic"; body: RegexNode }
  | { type: "look"; behind: boolean; negative: boolean; body: RegexNode }
  | { type: "assert"; kind: Assertion }
  | { type: "backreference"; number: number; ignoreCase: boolean };

export const EMPTY: RegexNode = { type: "sequence", items: [] };

/** A pattern and what its groups are called. */
export interface ParsedPattern {
  node: RegexNode;
  /** Group numbers by name. Unnamed groups are numbered first, then named ones, as .NET does. */
  names: ReadonlyMap<string, number>;
  /** Every group's number, 0 (the whole) left out. */
  numbers: ReadonlySet<number>;
}

/** The nodes directly inside of a node. */
export function children(node: RegexNode): RegexNode[] {
  switch (node.type) {
    case "sequence":
      return node.items;
    case "alternation":
      return node.options;
    case "repeat":
    case "group":
    case "atomic":
    case "look":
      return [node.body];
    default:
      return [];
  }
}

/** Whether any node inside, or this one, is such. */
export function some(node: RegexNode, test: (node: RegexNode) => boolean): boolean {
  return test(node) || children(node).some((child) => some(child, test));
}

/** Whether it can match without a character. */
export function nullable(node: RegexNode): boolean {
  switch (node.type) {
    case "set":
      return false;
    case "sequence":
      return node.items.every(nullable);
    case "alternation":
      return node.options.some(nullable);
    case "repeat":
      return node.min === 0 || nullable(node.body);
    case "group":
    case "atomic":
      return nullable(node.body);
    default:
      return true;
  }
}

/** Drops the groups that nobody asks for: what captures nothing is cheaper, and can be run in more ways. */
export function keepGroups(node: RegexNode, wanted: ReadonlySet<number>): RegexNode {
  switch (node.type) {
    case "group": {
      const body = keepGroups(node.body, wanted);
      return wanted.has(node.number) ? { ...node, body } : body;
    }
    case "sequence": {
      const items = node.items.flatMap((item) => {
        const kept = keepGroups(item, wanted);
        return kept.type === "sequence" ? kept.items : [kept];
      });
      return items.length === 1 ? (items[0] as RegexNode) : { type: "sequence", items };
    }
    case "alternation":
      return { type: "alternation", options: node.options.map((option) => keepGroups(option, wanted)) };
    case "repeat":
    case "atomic":
    case "look":
      return { ...node, body: keepGroups(node.body, wanted) };
    default:
      return node;
  }
}

/** The groups that back references need. */
export function referenced(node: RegexNode): number[] {
  return node.type === "backreference" ? [node.number] : children(node).flatMap(referenced);
}
