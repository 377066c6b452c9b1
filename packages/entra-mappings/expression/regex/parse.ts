import { EMPTY, type ParsedPattern, type RegexNode } from "./ast";
import { EVERYTHING, ignoreCase, NOT_NEWLINE, range, type CharSet } from "./charset";
import { classEscape, Cursor, readClass, readUnitEscape } from "./escapes";
import { numberGroups, type Groups } from "./groups";
import { NO_OPTIONS, readOptions } from "./options";
import { checked, countsAt, readQuantifier } from "./quantifiers";

/** Maximum nesting of groups. .NET has a limit too. */
const MAXIMUM_DEPTH = 200;

/**
 * Parses a .NET regular expression.
 * @throws RangeError if the pattern is invalid or uses an unsupported construct, which the message names as .NET does. The message
 *   is a sentence without a full stop.
 */
export function parsePattern(text: string): ParsedPattern {
  // The first pass only finds the groups: \1 or \k<name> can occur before its group, and unnamed groups are numbered first.
  const found = new PatternParser(text, undefined);
  found.parse();
  const groups = numberGroups(found.opened);
  const node = new PatternParser(text, groups).parse();
  return { node, names: groups.names, numbers: groups.numbers };
}

class PatternParser {
  private readonly cursor: Cursor;
  private depth = 0;
  private options = NO_OPTIONS;
  /** The names of all capturing groups in order, undefined for unnamed groups. */
  readonly opened: (string | undefined)[] = [];

  constructor(
    text: string,
    private readonly groups: Groups | undefined,
  ) {
    this.cursor = new Cursor(text);
  }

  parse(): RegexNode {
    const node = this.alternation();
    if (!this.cursor.done) this.cursor.fail("has a ) without an opening (");
    return node;
  }

  private alternation(): RegexNode {
    const options = [this.sequence()];
    while (this.cursor.eat("|")) options.push(this.sequence());
    return options.length === 1 ? (options[0] as RegexNode) : { type: "alternation", options };
  }

  private sequence(): RegexNode {
    const items: RegexNode[] = [];
    for (;;) {
      this.skip();
      const next = this.cursor.peek();
      if (next === "" || next === "|" || next === ")") break;
      const atom = this.atom();
      if (atom !== undefined) items.push(this.quantified(atom));
    }
    return items.length === 1 ? (items[0] as RegexNode) : { type: "sequence", items };
  }

  /** Skips comments, and white space if the x option is set. */
  private skip(): void {
    for (;;) {
      if (this.cursor.startsWith("(?#")) {
        const end = this.cursor.text.indexOf(")", this.cursor.at);
        if (end < 0) this.cursor.fail("has a comment (?# without a closing )");
        this.cursor.at = end + 1;
      } else if (this.options.ignoreWhitespace && /^[\t\n\v\f\r ]$/.test(this.cursor.peek())) this.cursor.at += 1;
      else if (this.options.ignoreWhitespace && this.cursor.peek() === "#") {
        while (!this.cursor.done && this.cursor.peek() !== "\n") this.cursor.at += 1;
      } else return;
    }
  }

  /** Reads one item of a sequence. Returns undefined for inline options such as (?i), which only change the following text. */
  private atom(): RegexNode | undefined {
    const character = this.cursor.next();
    switch (character) {
      case "(":
        return this.group();
      case "[":
        return { type: "set", set: readClass(this.cursor, this.options.ignoreCase) };
      case ".":
        return { type: "set", set: this.options.singleline ? EVERYTHING : NOT_NEWLINE };
      case "^":
        return { type: "assert", kind: this.options.multiline ? "lineStart" : "start" };
      case "$":
        return { type: "assert", kind: this.options.multiline ? "lineEnd" : "endOrNewline" };
      case "\\":
        return this.escape();
      case "*":
      case "+":
      case "?":
        return this.cursor.fail(`has a quantifier ${character} with nothing before it`);
      case "{":
        if (countsAt(this.cursor, this.cursor.at - 1) !== undefined)
          return this.cursor.fail("has a quantifier { with nothing before it");
        return this.literal(character.charCodeAt(0));
      default:
        return this.literal(character.charCodeAt(0));
    }
  }

  private literal(unit: number): RegexNode {
    const set: CharSet = range(unit, unit);
    return { type: "set", set: this.options.ignoreCase ? ignoreCase(set) : set };
  }

  private escape(): RegexNode {
    const { cursor } = this;
    const character = cursor.next();
    if (character === "") return cursor.fail("ends with a backslash");
    const set = classEscape(character, cursor);
    if (set !== undefined) return { type: "set", set };
    switch (character) {
      case "A":
        return { type: "assert", kind: "start" };
      case "z":
        return { type: "assert", kind: "end" };
      case "Z":
        return { type: "assert", kind: "endOrNewline" };
      case "b":
        return { type: "assert", kind: "boundary" };
      case "B":
        return { type: "assert", kind: "notBoundary" };
      case "G":
        return cursor.fail("uses \\G (contiguous matches), which cannot be previewed");
      case "k": {
        const name = /^(?:<(\w+)>|'(\w+)')/.exec(cursor.text.slice(cursor.at, cursor.at + 200));
        if (name === null) return cursor.fail("has a \\k without <name>");
        cursor.at += name[0].length;
        return this.reference((name[1] ?? name[2]) as string);
      }
    }
    if (character >= "1" && character <= "9") {
      const digits = /^\d*/.exec(cursor.text.slice(cursor.at, cursor.at + 4))?.[0] ?? "";
      const wanted = Number(character + digits);
      if (digits === "" || this.groups?.numbers.has(wanted) === true) {
        cursor.at += digits.length;
        return this.reference(String(wanted));
      }
    }
    cursor.at -= 1;
    return this.literal(readUnitEscape(cursor));
  }

  private reference(name: string): RegexNode {
    // The first pass does not know the groups yet.
    if (this.groups === undefined) return EMPTY;
    const found =
      this.groups.names.get(name) ??
      (/^\d+$/.test(name) && this.groups.numbers.has(Number(name)) ? Number(name) : undefined);
    if (found === undefined) return this.cursor.fail(`refers to a group ${name} that does not exist`);
    return { type: "backreference", number: found, ignoreCase: this.options.ignoreCase };
  }

  private group(): RegexNode | undefined {
    this.depth += 1;
    if (this.depth > MAXIMUM_DEPTH) this.cursor.fail(`has groups nested more than ${MAXIMUM_DEPTH} levels deep`);
    const before = this.options;
    const node = this.groupBody();
    if (node !== undefined) this.options = before;
    this.depth -= 1;
    return node;
  }

  private groupBody(): RegexNode | undefined {
    const { cursor } = this;
    if (!cursor.eat("?")) {
      return this.options.explicitCapture ? this.close() : this.capture(undefined);
    }
    if (cursor.eat(":")) return this.close();
    if (cursor.eat(">")) return { type: "atomic", body: this.close() };
    if (cursor.eat("=")) return { type: "look", behind: false, negative: false, body: this.close() };
    if (cursor.eat("!")) return { type: "look", behind: false, negative: true, body: this.close() };
    if (cursor.eat("<=")) return { type: "look", behind: true, negative: false, body: this.close() };
    if (cursor.eat("<!")) return { type: "look", behind: true, negative: true, body: this.close() };
    if (cursor.eat("(")) return cursor.fail("uses a conditional group (?(...), which cannot be previewed");
    const name = /^(?:<([^>]*)>|'([^']*)')/.exec(cursor.text.slice(cursor.at, cursor.at + 200));
    if (name !== null) {
      const given = (name[1] ?? name[2]) as string;
      if (/^\w*-\w+$/.test(given)) return cursor.fail("uses a balancing group (?<a-b>, which cannot be previewed");
      if (!/^(?:[A-Za-z_]\w*|[1-9]\d{0,4})$/.test(given))
        return cursor.fail(`has a group with the invalid name ${JSON.stringify(given)}`);
      cursor.at += name[0].length;
      return this.capture(given);
    }
    return this.inlineOptions();
  }

  private capture(name: string | undefined): RegexNode {
    const index = this.opened.length;
    this.opened.push(name);
    const body = this.close();
    return { type: "group", number: this.groups?.order[index] ?? 0, body };
  }

  /** Reads inline options: (?i-s) applies to the rest of the surrounding group, (?i-s:...) to its own group. */
  private inlineOptions(): RegexNode | undefined {
    const { options, ofOwnGroup } = readOptions(this.cursor, this.options);
    this.options = options;
    return ofOwnGroup ? this.close() : undefined;
  }

  private close(): RegexNode {
    const body = this.alternation();
    if (!this.cursor.eat(")")) this.cursor.fail("has a ( without a closing )");
    return body;
  }

  private quantified(body: RegexNode): RegexNode {
    this.skip();
    const found = readQuantifier(this.cursor);
    if (found === undefined) return body;
    const lazy = this.cursor.eat("?");
    this.skip();
    if (/^[*+?]/.test(this.cursor.peek()) || countsAt(this.cursor, this.cursor.at) !== undefined) {
      return this.cursor.fail(
        "has a quantifier after a quantifier (.NET has no possessive quantifiers; use an atomic group (?>...))",
      );
    }
    return { type: "repeat", body, ...checked(found, this.cursor), lazy };
  }
}
