import { nullable, some, type Assertion, type RegexNode } from "./ast";
import { boundaryWord, classSource } from "./charset";

/** An equivalent JavaScript regular expression. */
export interface NativePattern {
  source: string;
  /** The .NET number of each JavaScript group, starting with group 1. */
  groups: number[];
}

/**
 * Converts a pattern to a JavaScript regular expression without flags. Returns undefined for constructs with different semantics in
 * JavaScript: a group in a loop that does not match in every iteration (JavaScript resets its capture), a loop whose body can match
 * the empty text, a group that occurs twice, atomic groups, and back references (to a group without a capture, a reference matches
 * "" in JavaScript and fails in .NET).
 */
export function toNative(node: RegexNode): NativePattern | undefined {
  const groups: number[] = [];
  const source = write(node, groups);
  return source === undefined || new Set(groups).size < groups.length ? undefined : { source, groups };
}

const isGroup = (node: RegexNode): boolean => node.type === "group";

function write(node: RegexNode, groups: number[]): string | undefined {
  const inside = (child: RegexNode): string | undefined => write(child, groups);
  switch (node.type) {
    case "set":
      return classSource(node.set);
    case "sequence":
      return joined(
        node.items.map((item) => (item.type === "alternation" ? wrap("(?:", inside(item)) : inside(item))),
        "",
      );
    case "alternation":
      return joined(node.options.map(inside), "|");
    case "group":
      groups.push(node.number);
      return wrap("(", inside(node.body));
    case "look":
      return wrap(`(?${node.behind ? "<" : ""}${node.negative ? "!" : "="}`, inside(node.body));
    case "assert":
      return assertion(node.kind);
    case "repeat": {
      const { body, min, max, lazy } = node;
      const direct = isGroup(body) && !some((body as { body: RegexNode }).body, isGroup);
      if (nullable(body) || (some(body, isGroup) && !direct && max > 1)) return undefined;
      const atom = body.type === "set" || isGroup(body) ? inside(body) : wrap("(?:", inside(body));
      const counts = max === Infinity ? `{${min},}` : `{${min},${max}}`;
      const short = { "{0,}": "*", "{1,}": "+", "{0,1}": "?" }[counts] ?? counts;
      return atom === undefined ? undefined : `${atom}${short}${lazy ? "?" : ""}`;
    }
    case "atomic":
    case "backreference":
      return undefined;
  }
}

function wrap(open: string, source: string | undefined): string | undefined {
  return source === undefined ? undefined : `${open}${source})`;
}

function joined(parts: (string | undefined)[], by: string): string | undefined {
  return parts.includes(undefined) ? undefined : parts.join(by);
}

function assertion(kind: Assertion): string {
  switch (kind) {
    case "start":
      return "^";
    case "end":
      return "$";
    case "endOrNewline":
      return "(?=\\n?$)";
    case "lineStart":
      return "(?<![^\\n])";
    case "lineEnd":
      return "(?![^\\n])";
    case "boundary":
    case "notBoundary": {
      const word = classSource(boundaryWord());
      const [before, after] = [`(?<=${word})`, `(?<!${word})`];
      const [follows, ends] = [`(?=${word})`, `(?!${word})`];
      return kind === "boundary"
        ? `(?:${before}${ends}|${after}${follows})`
        : `(?:${before}${follows}|${after}${ends})`;
    }
  }
}
