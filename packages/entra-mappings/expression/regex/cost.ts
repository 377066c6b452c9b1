import { nullable, type RegexNode } from "./ast";
import { EVERYTHING, overlap, union, type CharSet } from "./charset";

/**
 * The worst-case work of a backtracking engine for an input of length n: coefficient * n ** degree steps.
 * This is an upper bound; it is Infinity if the work can be exponential.
 */
export interface Cost {
  coefficient: number;
  degree: number;
}

const ONE: Cost = { coefficient: 1, degree: 0 };
const UNBOUNDED: Cost = { coefficient: Infinity, degree: Infinity };

const times = (a: Cost, b: Cost): Cost => ({ coefficient: a.coefficient * b.coefficient, degree: a.degree + b.degree });
const plus = (a: Cost, b: Cost): Cost => ({
  coefficient: a.coefficient + b.coefficient,
  degree: Math.max(a.degree, b.degree),
});

/** Returns the cost of finding every match in an input. */
export function searchCost(node: RegexNode): Cost {
  const each = times(ways(node), { coefficient: 2 + size(node), degree: 0 });
  return anchored(node) ? plus(each, { coefficient: 4, degree: 1 }) : times(each, { coefficient: 1, degree: 1 });
}

/** Returns the number of steps for an input of the given length. */
export function costAt({ coefficient, degree }: Cost, length: number): number {
  return coefficient * length ** degree;
}

/** Returns the maximum input length for which finding every match needs at most the given number of steps. */
export function longestWithin({ coefficient, degree }: Cost, steps: number): number {
  if (!Number.isFinite(coefficient) || coefficient > steps) return 0;
  return degree === 0 ? Infinity : Math.floor((steps / coefficient) ** (1 / degree));
}

function size(node: RegexNode): number {
  switch (node.type) {
    case "sequence":
      return node.items.reduce((sum, item) => sum + size(item), 1);
    case "alternation":
      return node.options.reduce((sum, option) => sum + size(option), 1);
    case "repeat":
      return 1 + size(node.body) * Math.max(1, node.min);
    case "group":
    case "atomic":
    case "look":
      return 1 + size(node.body);
    default:
      return 1;
  }
}

/** Returns the number of ways in which a node can match at one position. An engine can backtrack to the node that often. */
function ways(node: RegexNode): Cost {
  switch (node.type) {
    case "set":
    case "assert":
      return ONE;
    case "sequence":
      return node.items.map(ways).reduce(times, ONE);
    case "alternation":
      return node.options.map(ways).reduce(plus);
    case "group":
      return ways(node.body);
    case "look":
      return plus(ONE, ways(node.body));
    case "atomic":
    case "backreference":
      return UNBOUNDED;
    case "repeat": {
      if (node.min === node.max && node.max <= 1) return node.max === 0 ? ONE : ways(node.body);
      if (unambiguous(node.body)) {
        return node.max === Infinity
          ? { coefficient: 1, degree: 1 }
          : { coefficient: node.max - node.min + 1, degree: 0 };
      }
      if (node.max === Infinity) return UNBOUNDED;
      const body = ways(node.body);
      return { coefficient: (node.max + 1) * body.coefficient ** node.max, degree: body.degree * node.max };
    }
  }
}

/** Returns whether the node matches in at most one way at each position and never matches the empty text. */
function unambiguous(node: RegexNode): boolean {
  switch (node.type) {
    case "set":
      return true;
    case "group":
      return unambiguous(node.body);
    case "sequence":
      return (
        node.items.length > 0 &&
        node.items.every((item) => item.type === "assert" || unambiguous(item)) &&
        !nullable(node)
      );
    case "alternation": {
      if (!node.options.every(unambiguous)) return false;
      const firsts = node.options.map(first);
      return firsts.every((set, index) => firsts.slice(index + 1).every((other) => !overlap(set, other)));
    }
    case "repeat":
      return node.min === node.max && node.min > 0 && unambiguous(node.body);
    default:
      return false;
  }
}

/** Returns a superset of the code units with which a match of an unambiguous node can begin. */
function first(node: RegexNode): CharSet {
  switch (node.type) {
    case "set":
      return node.set;
    case "sequence": {
      const begin = node.items.find((item) => item.type !== "assert");
      return begin === undefined ? EVERYTHING : first(begin);
    }
    case "alternation":
      return union(...node.options.map(first));
    case "group":
    case "repeat":
      return first(node.body);
    default:
      return EVERYTHING;
  }
}

/** Returns whether the node can match at one position only, so that all other positions fail immediately. */
function anchored(node: RegexNode): boolean {
  switch (node.type) {
    case "assert":
      return node.kind === "start";
    case "group":
      return anchored(node.body);
    case "sequence":
      return node.items[0] !== undefined && anchored(node.items[0]);
    case "alternation":
      return node.options.every(anchored);
    case "look":
      // (?<=^.{1}) holds at one position. At other positions, the steps to fail are bounded by its length.
      return node.behind && !node.negative && anchored(node.body) && fixedLength(node.body);
    default:
      return false;
  }
}

function fixedLength(node: RegexNode): boolean {
  switch (node.type) {
    case "set":
    case "assert":
      return true;
    case "sequence":
      return node.items.every(fixedLength);
    case "group":
      return fixedLength(node.body);
    case "repeat":
      return node.min === node.max && node.max < 100 && fixedLength(node.body);
    default:
      return false;
  }
}
