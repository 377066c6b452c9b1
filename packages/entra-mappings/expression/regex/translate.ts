import { boundaryWord, range, unitSource } from "./charset";
import { Cursor } from "./cursor";
import { classEscape, readClass, readUnitEscape } from "./escapes";
import { alternation, atom, Binding, condition, repeat, sequence, type Fragment } from "./fragment";
import { groupNumber, numberGroups, type Groups } from "./groups";
import { NO_OPTIONS, readOptions } from "./options";
import { readTimes, timesAt } from "./quantifiers";
import type { Work } from "./work";

/** Maximum nesting of groups. .NET has a limit too. */
const MAXIMUM_DEPTH = 200;

/** An equivalent JavaScript regular expression. */
export interface Translation {
  /** The source, without flags. */
  source: string;
  /** The JavaScript groups of each .NET group number. A .NET group can occur several times; the last capture counts. */
  places: ReadonlyMap<number, number[]>;
  /** The number of the group that encloses the whole pattern, if there is one. */
  enclosing: number | undefined;
  work: Work;
}

/** A valid .NET regular expression with its groups. */
export interface Pattern extends Groups {
  /**
   * Translates the pattern, with captures only for the wanted groups.
   * @throws RangeError for a construct that behaves differently in JavaScript
   */
  translate(wanted: ReadonlySet<number>): Translation;
}

/**
 * Parses a .NET regular expression.
 * @throws RangeError if the pattern is invalid or uses an unsupported construct, which the message names as .NET does. The message
 *   is a sentence without a full stop.
 */
export function parsePattern(text: string): Pattern {
  // The first pass only finds the groups: \1 or \k<name> can occur before its group, and unnamed groups are numbered first.
  const found = new Translator(text);
  found.whole();
  const groups = numberGroups(found.opened);
  const references = found.references.flatMap((name) => groupNumber(groups, name) ?? []);
  return {
    ...groups,
    translate(wanted) {
      const translator = new Translator(text, groups, new Set([...wanted, ...references]));
      const { source, work } = translator.whole();
      return { source, work, places: translator.places, enclosing: translator.enclosing };
    },
  };
}

class Translator {
  private readonly cursor: Cursor;
  private depth = 0;
  /** In a lookbehind: the number of groups that have captures before it. Inside, the order of matching is reversed. */
  private beforeBehind: number | undefined;
  private options = NO_OPTIONS;
  /** The names of all capturing groups in order, undefined for unnamed groups. */
  readonly opened: (string | undefined)[] = [];
  /** The names and numbers in back references. */
  readonly references: string[] = [];
  readonly places = new Map<number, number[]>();
  enclosing: number | undefined;
  private placeCount = 0;
  /** The groups that have a capture whenever a match reaches this position. */
  private readonly captured: number[] = [];

  constructor(
    text: string,
    private readonly groups?: Groups,
    private readonly wanted: ReadonlySet<number> = new Set(),
  ) {
    this.cursor = new Cursor(text);
  }

  whole(): Fragment {
    const fragment = this.alternation();
    if (!this.cursor.done) this.cursor.fail("has a ) without an opening (");
    return fragment;
  }

  private alternation(): Fragment {
    const start = this.captured.length;
    const branches = [this.sequence()];
    while (this.cursor.eat("|")) {
      const before = this.captured.splice(start);
      branches.push(this.sequence());
      const after = new Set(this.captured.splice(start));
      this.captured.push(...before.filter((group) => after.has(group)));
    }
    return alternation(branches);
  }

  private sequence(): Fragment {
    const items: Fragment[] = [];
    for (;;) {
      this.skip();
      const next = this.cursor.peek();
      if (next === "" || next === "|" || next === ")") return sequence(items);
      const item = this.item();
      if (item !== undefined) items.push(item);
    }
  }

  /** Skips comments, and white space if the x option is set. */
  private skip(): void {
    const { cursor } = this;
    for (;;) {
      if (cursor.startsWith("(?#")) {
        if (cursor.take(/[^)]*\)/y) === null) cursor.fail("has a comment (?# without a closing )");
      } else if (!this.options.ignoreWhitespace || cursor.take(/[\t\n\v\f\r ]+|#[^\n]*/y) === null) return;
    }
  }

  /** Reads an atom with its quantifier. Returns undefined for inline options such as (?i), which only change the following text. */
  private item(): Fragment | undefined {
    const { cursor, captured } = this;
    const start = { at: cursor.at, captured: captured.length, opened: this.opened.length };
    const body = this.atom();
    if (body === undefined) return undefined;
    this.skip();
    const times = readTimes(cursor);
    if (times === undefined) return body;
    const lazy = cursor.eat("?");
    this.skip();
    if (timesAt(cursor) !== undefined) {
      cursor.fail(
        "has a quantifier after a quantifier (.NET has no possessive quantifiers; use an atomic group (?>...))",
      );
    }
    this.checkLoop(body, times.min, times.max, start);
    if (times.min === 0) captured.length = start.captured;
    return repeat(body, times, lazy);
  }

  /**
   * Rejects loops that behave differently in JavaScript: it discards the captures of the previous iteration, and never accepts an
   * iteration that matches the empty text.
   */
  private checkLoop(
    body: Fragment,
    min: number,
    max: number,
    start: { at: number; captured: number; opened: number },
  ): void {
    if (this.groups === undefined) return;
    const { cursor } = this;
    if (body.nullable && !body.emptyLast && max > min) {
      cursor.fail("has a loop that prefers to match the empty text, which cannot be previewed", start.at);
    }
    if (max <= 1 && !(body.nullable && min === 0)) return;
    const sure = new Set(body.nullable ? [] : this.captured.slice(start.captured));
    for (const group of this.groups.order.slice(start.opened, this.opened.length)) {
      if (!this.wanted.has(group) || sure.has(group)) continue;
      cursor.fail(
        "uses the capture of a group in a loop that can skip the group or match the empty text, which cannot be previewed",
        start.at,
      );
    }
  }

  private atom(): Fragment | undefined {
    const { cursor, options } = this;
    const quantifier = timesAt(cursor);
    if (quantifier !== undefined) return cursor.fail(`has a quantifier ${cursor.peek()} with nothing before it`);
    const start = cursor.at;
    const character = cursor.next();
    if (character === "(") {
      const fragment = this.group();
      if (start === 0 && cursor.done && /^\((?!\?)|^\(\?(?:'|<(?![=!]))/.test(cursor.text))
        this.enclosing = this.groups?.order[0];
      return fragment;
    }
    switch (character) {
      case "[":
        return atom(readClass(cursor, options.ignoreCase));
      case ".":
        return atom(options.singleline ? "[^]" : "[^\\n]");
      case "^":
        return condition(options.multiline ? "(?<![^\\n])" : "^");
      case "$":
        return condition(options.multiline ? "(?![^\\n])" : "(?=\\n?$)");
      case "\\":
        return this.escape();
      default:
        return this.literal(character.charCodeAt(0));
    }
  }

  private literal(unit: number): Fragment {
    return atom(this.options.ignoreCase ? `[${range(unit, unit, true)}]` : unitSource(unit));
  }

  private escape(): Fragment {
    const { cursor } = this;
    const character = cursor.next();
    if (character === "") return cursor.fail("ends with a backslash");
    const set = classEscape(character, cursor);
    if (set !== undefined) return atom(`[${set}]`);
    switch (character) {
      case "A":
        return condition("^");
      case "z":
        return condition("$");
      case "Z":
        return condition("(?=\\n?$)");
      case "b":
      case "B": {
        const word = `[${boundaryWord()}]`;
        const [inner, outer] = character === "b" ? ["!", "="] : ["=", "!"];
        return condition(`(?:(?<=${word})(?${inner}${word})|(?<!${word})(?${outer}${word}))`);
      }
      case "G":
        return cursor.fail("uses \\G (contiguous matches), which cannot be previewed");
      case "k": {
        const [, angled, quoted] = cursor.take(/<(\w+)>|'(\w+)'/y) ?? cursor.fail("has a \\k without <name>");
        return this.reference(angled ?? quoted ?? "");
      }
    }
    cursor.at -= 1;
    const digits = cursor.take(/[1-9]\d{0,4}/y)?.[0];
    if (digits !== undefined) {
      // The first pass does not know whether \12 is a reference or an octal escape.
      if (digits.length === 1 || this.groups === undefined || this.groups.numbers.has(Number(digits)))
        return this.reference(digits);
      cursor.at -= digits.length;
    }
    return this.literal(readUnitEscape(cursor));
  }

  private reference(name: string): Fragment {
    const { cursor, groups } = this;
    this.references.push(name);
    // The first pass does not know the groups yet.
    if (groups === undefined) return sequence([]);
    const number = groupNumber(groups, name);
    if (number === undefined) return cursor.fail(`refers to a group ${name} that does not exist`);
    const [place, ...others] = this.places.get(number) ?? [];
    if (this.options.ignoreCase) cursor.fail("uses a back reference with the option i, which cannot be previewed");
    // Without a capture, a back reference fails in .NET, but matches the empty text in JavaScript.
    const sure = this.captured.slice(0, this.beforeBehind).includes(number);
    if (place === undefined || others.length > 0 || !sure)
      return cursor.fail(`refers to the group ${name}, which may have no capture here; this cannot be previewed`);
    return condition(`(?:\\${place})`, { size: 1, ways: 1, degree: 1 });
  }

  private group(): Fragment | undefined {
    this.depth += 1;
    if (this.depth > MAXIMUM_DEPTH) this.cursor.fail(`has groups nested more than ${MAXIMUM_DEPTH} levels deep`);
    const before = this.options;
    const fragment = this.groupBody();
    if (fragment !== undefined) this.options = before;
    this.depth -= 1;
    return fragment;
  }

  private groupBody(): Fragment | undefined {
    const { cursor } = this;
    if (!cursor.eat("?")) return this.options.explicitCapture ? this.close() : this.capture(undefined);
    if (cursor.eat(":")) return this.close();
    if (cursor.eat(">")) return this.atomic();
    const look = cursor.take(/<?[=!]/y);
    if (look !== null) return this.lookaround(look[0]);
    if (cursor.eat("(")) return cursor.fail("uses a conditional group (?(...), which cannot be previewed");
    const at = cursor.at;
    const [, angled, quoted] = cursor.take(/<([^>]*)>|'([^']*)'/y) ?? [];
    const name = angled ?? quoted;
    if (name === undefined) return this.inlineOptions();
    if (/^\w*-\w+$/.test(name)) return cursor.fail("uses a balancing group (?<a-b>, which cannot be previewed", at);
    if (!/^(?:[A-Za-z_]\w*|[1-9]\d{0,4})$/.test(name))
      return cursor.fail(`has a group with the invalid name ${JSON.stringify(name)}`, at);
    return this.capture(name);
  }

  private capture(name: string | undefined): Fragment {
    const index = this.opened.push(name) - 1;
    const number = this.groups?.order[index];
    if (number === undefined || !this.wanted.has(number)) return this.close();
    const places = this.places.get(number) ?? [];
    this.places.set(number, [...places, ++this.placeCount]);
    if (places.length > 0 && this.beforeBehind !== undefined)
      this.cursor.fail("uses a group name twice in a lookbehind, which cannot be previewed");
    const body = this.close();
    this.captured.push(number);
    return { ...body, source: `(${body.source})`, binding: Binding.Atom };
  }

  /** An atomic group becomes a lookahead, which never backtracks, and a back reference to what it matched. */
  private atomic(): Fragment {
    if (this.beforeBehind !== undefined)
      this.cursor.fail("uses an atomic group in a lookbehind, which cannot be previewed");
    const place = ++this.placeCount;
    const body = this.close();
    return { ...body, source: `(?=(${body.source}))(?:\\${place})`, binding: Binding.Sequence };
  }

  private lookaround(sign: string): Fragment {
    const start = this.captured.length;
    const outer = this.beforeBehind;
    if (sign.startsWith("<")) this.beforeBehind ??= start;
    const { source, work } = this.close();
    this.beforeBehind = outer;
    if (sign.endsWith("!")) this.captured.length = start;
    return condition(`(?${sign}${source})`, work);
  }

  /** Reads inline options: (?i-s) applies to the rest of the surrounding group, (?i-s:...) to its own group. */
  private inlineOptions(): Fragment | undefined {
    const { options, ofOwnGroup } = readOptions(this.cursor, this.options);
    this.options = options;
    return ofOwnGroup ? this.close() : undefined;
  }

  private close(): Fragment {
    const body = this.alternation();
    if (!this.cursor.eat(")")) this.cursor.fail("has a ( without a closing )");
    return body;
  }
}
