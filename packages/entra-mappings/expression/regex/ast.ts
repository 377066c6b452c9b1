import type { CharSet } from "./charset";

/** A zero-width condition on a position. */
export type Assertion = "start" | "end" | "endOrNewline" | "lineStart" | "lineEnd" | "boundary" | "notBoundary";

/** A .NET regular expression. Options are already applied: each set contains exactly the code units that match. */
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

/** A parsed pattern with its groups. */
export interface ParsedPattern {
  node: RegexNode;
  /** Group numbers by name. As in .NET, unnamed groups are numbered before named ones. */
  names: ReadonlyMap<string, number>;
  /** The numbers of all groups, without 0 (the whole match). */
  numbers: ReadonlySet<number>;
}

/** Returns the direct child nodes of a node. */
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

/** Returns whether the test accepts this node or any node inside it. */
export function some(node: RegexNode, test: (node: RegexNode) => boolean): boolean {
  return test(node) || children(node).some((child) => some(child, test));
}

/** Returns whether the node can match the empty text. */
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

/** Removes groups that are not needed. A pattern without captures is cheaper and allows more optimizations. */
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

/** Returns the numbers of the groups that back references use. */
export function referenced(node: RegexNode): number[] {
  return node.type === "backreference" ? [node.number] : children(node).flatMap(referenced);
}
