/**
 * Who has which name, for directories of millions: plain numbers and long runs of text, at about 65 bytes a person, which
 * the garbage collector hardly notices. People keep the order in which they were added; names are compared without case.
 *
 * Adding only appends. Who shares a name is found by going over all hashes once, when it is asked: a hash table of names would
 * touch another place in memory for each person.
 */
import { groupBy } from "./group-by";
import { sortByHash } from "./hash-order";
import { classOf, OTHER } from "./posix";

// Of its own here: reading what another module exports costs a call, and this is read for every character of every name.
const classes = classOf;

/** Numbers that each person has in `people`. */
const width = 3;
/** Where the name begins in the text of all; where it ends and the label begins. The label ends where the next name begins. */
const NAME = 0;
const LABEL = 1;
const HASH = 2;

const prime = 0x01000193;
const basis = 0x811c9dc5;

/** Texts are joined to a run when there are so many, or so long. */
const manyTexts = 4096;
const muchText = 1024 * 1024;

/** The end of a hash: all bits depend on all others. */
function finished(hash: number): number {
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}

/** FNV-1a over UTF-16 units of a name in lower case. */
function hashOf(key: string): number {
  let hash = basis;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), prime);
  return finished(hash);
}

/** What a table holds, as plain data that can be handed from one thread to another. */
export interface NameColumns {
  readonly size: number;
  readonly runs: readonly string[];
  readonly people: Uint32Array;
  readonly flags: Uint16Array;
}

export class NameTable {
  /** Persons added. */
  size = 0;
  /** The classes of the characters of the name that was added last: see posix.ts. */
  classes = 0;
  /** The text of all names and labels: in runs, where each begins, and what is not in a run yet. */
  private runs: string[] = [];
  private starts: number[] = [];
  private texts: string[] = [];
  private runStart = 0;
  private end = 0;
  private people = new Uint32Array(1024 * width);
  private flags = new Uint16Array(1024);
  /** Pairs of hash and person, for all with a name: by hash, then in the order of adding. Undefined until needed. */
  private order: Uint32Array | undefined;

  /** Adds a person; a null name takes part in nothing but flags and label. Returns the person's number, from 0 up. */
  add(name: string | null, label: string): number {
    const person = this.size++;
    // One row more than there are people: it ends the last label.
    if ((person + 2) * width > this.people.length) this.growPeople();
    const row = person * width;
    const { people, texts } = this;
    people[row + NAME] = this.end;
    if (name === null) people[row + HASH] = 0;
    else {
      people[row + HASH] = this.hash(name);
      texts.push(name);
      this.end += name.length;
    }
    people[row + LABEL] = this.end;
    texts.push(label);
    this.end += label.length;
    people[row + width + NAME] = this.end;
    if (texts.length > manyTexts || this.end - this.runStart > muchText) this.join();
    this.order = undefined;
    return person;
  }

  /** Hands over what the table holds and leaves it empty. */
  take(): NameColumns {
    this.join();
    const { size, runs, people, flags } = this;
    // As large as before: the next lot will be of much the same size.
    this.people = new Uint32Array(people.length);
    this.flags = new Uint16Array(flags.length);
    this.runs = [];
    this.starts = [];
    this.size = this.end = this.runStart = 0;
    this.order = undefined;
    return { size, runs, people, flags };
  }

  /** Adds everybody of another table, in their order. */
  append(columns: NameColumns): void {
    this.join();
    const first = this.size;
    while ((first + columns.size + 1) * width > this.people.length) this.growPeople();
    this.flags.set(columns.flags.subarray(0, columns.size), first);
    const { people, end } = this;
    const others = columns.people;
    let row = first * width;
    for (let from = 0; from < columns.size * width; from += width, row += width) {
      people[row + NAME] = (others[from + NAME] as number) + end;
      people[row + LABEL] = (others[from + LABEL] as number) + end;
      people[row + HASH] = others[from + HASH] as number;
    }
    for (const run of columns.runs) this.addRun(run);
    this.size += columns.size;
    this.end = people[row + NAME] = this.runStart;
    this.order = undefined;
  }

  private growPeople(): void {
    const people = new Uint32Array(this.people.length * 2);
    people.set(this.people);
    this.people = people;
    const flags = new Uint16Array(this.flags.length * 2);
    flags.set(this.flags);
    this.flags = flags;
  }

  private join(): void {
    if (this.texts.length === 0) return;
    this.addRun(this.texts.join(""));
    this.texts = [];
  }

  private addRun(run: string): void {
    this.runs.push(run);
    this.starts.push(this.runStart);
    this.runStart += run.length;
  }

  /** The hash of a name in lower case, and on the one way over the characters their classes. */
  private hash(name: string): number {
    let hash = basis;
    let found = 0;
    for (let i = 0; i < name.length; i++) {
      const code = name.charCodeAt(i);
      if (code > 127) {
        this.classes = OTHER;
        return hashOf(name.toLowerCase());
      }
      found |= classes[code] as number;
      hash = Math.imul(hash ^ (code >= 65 && code <= 90 ? code | 32 : code), prime);
    }
    this.classes = found;
    return finished(hash);
  }

  /** A piece of the text of all; names and labels lie within a run. */
  private text(from: number, to: number): string {
    this.join();
    const { starts } = this;
    let low = 0;
    for (let high = starts.length; high - low > 1;) {
      const middle = (low + high) >>> 1;
      if ((starts[middle] as number) <= from) low = middle;
      else high = middle;
    }
    const start = starts[low] ?? 0;
    return this.runs[low]?.slice(from - start, to - start) ?? "";
  }

  nameOf(person: number): string {
    const row = person * width;
    return this.text(this.people[row + NAME] as number, this.people[row + LABEL] as number);
  }
  labelOf(person: number): string {
    const row = person * width;
    return this.text(this.people[row + LABEL] as number, this.people[row + width + NAME] as number);
  }
  flagsOf(person: number): number {
    return this.flags[person] as number;
  }
  flag(person: number, flags: number): void {
    this.flags[person] = this.flagsOf(person) | flags;
  }

  /** Everybody of a name, compared without case, in the order of adding. */
  *usersWithName(name: string): Generator<number> {
    const order = (this.order ??= sortByHash(this.named(() => true)));
    const key = name.toLowerCase();
    const hash = hashOf(key);
    let low = 0;
    for (let high = order.length / 2; low < high;) {
      const middle = (low + high) >>> 1;
      if ((order[2 * middle] as number) < hash) low = middle + 1;
      else high = middle;
    }
    for (let at = 2 * low; order[at] === hash; at += 2) {
      const person = order[at + 1] as number;
      if (this.nameOf(person).toLowerCase() === key) yield person;
    }
  }

  /** The people of each name that more than one person has. */
  *collisions(): Generator<number[]> {
    const order = sortByHash(this.named(this.repeated()));
    for (let from = 0; from < order.length;) {
      const hash = order[from] as number;
      let to = from + 2;
      while (to < order.length && order[to] === hash) to += 2;
      if (to - from > 2) {
        const people = order.subarray(from, to).filter((_, place) => place % 2 === 1);
        // Different names may have one hash.
        const byName = groupBy(people, (person) => this.nameOf(person).toLowerCase());
        for (const members of byName.values()) if (members.length > 1) yield members;
      }
      from = to;
    }
  }

  /** Tells of a hash whether there may be two such: certain where there are, seldom true where there are not. */
  private repeated(): (hash: number) => boolean {
    // Eight places or more for each person, each a bit.
    const bits = Math.min(32, Math.max(8, 35 - Math.clz32(this.size)));
    const [once, twice] = [new Uint32Array(2 ** (bits - 5)), new Uint32Array(2 ** (bits - 5))];
    const shift = 32 - bits;
    const { people } = this;
    for (let row = 0; row < this.size * width; row += width) {
      if (people[row + NAME] === people[row + LABEL]) continue;
      const place = (people[row + HASH] as number) >>> shift;
      const bit = 1 << (place & 31);
      const word = place >>> 5;
      if (((once[word] as number) & bit) === 0) once[word]! |= bit;
      else twice[word]! |= bit;
    }
    return (hash) => {
      const place = hash >>> shift;
      return ((twice[place >>> 5] as number) & (1 << (place & 31))) !== 0;
    };
  }

  /** Pairs of hash and person for everybody with a name whose hash is asked for, in the order of adding. */
  private named(asked: (hash: number) => boolean): Uint32Array {
    const { people } = this;
    const pairs = new Uint32Array(2 * this.size);
    let length = 0;
    for (let person = 0, row = 0; person < this.size; person++, row += width) {
      const hash = people[row + HASH] as number;
      if (people[row + NAME] === people[row + LABEL] || !asked(hash)) continue;
      pairs[length++] = hash;
      pairs[length++] = person;
    }
    return pairs.slice(0, length);
  }
}
