/**
 * Who has which name, for directories of millions: plain numbers and one run of bytes, at about 65 bytes a person, which
 * the garbage collector never walks. People keep the order in which they were added; names are compared without case.
 *
 * Adding only appends. Who shares a name is found by sorting hashes once, when it is first asked: walking memory in order
 * takes a fraction of the time of a hash table, in which each person would touch another place.
 */
import { groupBy } from "./group-by";
import { classOf, OTHER } from "./posix";

// Of its own here: reading what another module exports costs a call, and this is read for every character of every name.
const classes = classOf;

/** Numbers that each person has in `people`. */
const width = 3;
/** Where the name begins in `bytes`; where it ends and the label begins. The label ends where the next name begins. */
const NAME = 0;
const LABEL = 1;
const HASH = 2;

const prime = 0x01000193;
const basis = 0x811c9dc5;

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

/** What a table holds, as plain data that can be handed from one thread to another: see NameTable for its layout. */
export interface NameColumns {
  readonly size: number;
  /** Names and labels one after another; what follows `end` means nothing. */
  readonly bytes: Uint8Array;
  readonly end: number;
  readonly people: Uint32Array;
  readonly flags: Uint16Array;
}

export class NameTable {
  /** Persons added. */
  size = 0;
  /** The classes of the characters of the name that was added last: see posix.ts. */
  classes = 0;
  private bytes = Buffer.allocUnsafeSlow(64 * 1024);
  private end = 0;
  private people = new Uint32Array(1024 * width);
  private flags = new Uint16Array(1024);
  /** Pairs of hash and person, for all with a name: by hash, then in the order of adding. Undefined until needed. */
  private order: Uint32Array | undefined;
  /** Where the hashes that begin with each 16 bits begin in `order`. */
  private readonly buckets = new Uint32Array(2 ** 16 + 1);

  /** Adds a person; a null name takes part in nothing but flags and label. Returns the person's number, from 0 up. */
  add(name: string | null, label: string): number {
    const person = this.size++;
    // One row more than there are people: it ends the last label.
    if ((person + 2) * width > this.people.length) this.growPeople();
    this.reserve(3 * (label.length + (name === null ? 0 : name.length)));
    const row = person * width;
    const { people } = this;
    people[row + NAME] = this.end;
    people[row + HASH] = name === null ? 0 : this.writeName(name);
    people[row + LABEL] = this.end;
    this.write(label);
    people[row + width + NAME] = this.end;
    this.order = undefined;
    return person;
  }

  /** Hands over what the table holds and leaves it empty. */
  take(): NameColumns {
    const { size, bytes, end, people, flags } = this;
    // As large as before: the next lot will be of much the same size.
    this.bytes = Buffer.allocUnsafeSlow(bytes.length);
    this.people = new Uint32Array(people.length);
    this.flags = new Uint16Array(flags.length);
    this.size = this.end = 0;
    this.order = undefined;
    return { size, bytes, end, people, flags };
  }

  /** Adds everybody of another table, in their order. */
  append(columns: NameColumns): void {
    const first = this.size;
    while ((first + columns.size + 1) * width > this.people.length) this.growPeople();
    this.reserve(columns.end);
    this.bytes.set(columns.bytes.subarray(0, columns.end), this.end);
    this.flags.set(columns.flags.subarray(0, columns.size), first);
    const { people, end } = this;
    const others = columns.people;
    let row = first * width;
    for (let from = 0; from < columns.size * width; from += width, row += width) {
      people[row + NAME] = (others[from + NAME] as number) + end;
      people[row + LABEL] = (others[from + LABEL] as number) + end;
      people[row + HASH] = others[from + HASH] as number;
    }
    this.size += columns.size;
    this.end += columns.end;
    people[row + NAME] = this.end;
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

  /** Makes room for so many bytes: three for each UTF-16 unit are enough for any text. */
  private reserve(count: number): void {
    if (this.end + count <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, this.end + count));
    this.bytes.copy(larger, 0, 0, this.end);
    this.bytes = larger;
  }

  /** Writes a text as UTF-8. A loop is quicker than a call into Node for texts as short and plain as these. */
  private write(text: string): void {
    const { bytes } = this;
    const start = this.end;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > 127) {
        this.end = start + bytes.write(text, start);
        return;
      }
      bytes[start + i] = code;
    }
    this.end = start + text.length;
  }

  /** The same, and on the one way over the characters their classes and the hash of the name in lower case. */
  private writeName(name: string): number {
    const { bytes } = this;
    const start = this.end;
    let hash = basis;
    let found = 0;
    for (let i = 0; i < name.length; i++) {
      const code = name.charCodeAt(i);
      if (code > 127) {
        this.end = start + bytes.write(name, start);
        this.classes = OTHER;
        return hashOf(name.toLowerCase());
      }
      bytes[start + i] = code;
      found |= classes[code] as number;
      hash = Math.imul(hash ^ (code >= 65 && code <= 90 ? code | 32 : code), prime);
    }
    this.end = start + name.length;
    this.classes = found;
    return finished(hash);
  }

  nameOf(person: number): string {
    const row = person * width;
    return this.bytes.toString("utf8", this.people[row + NAME], this.people[row + LABEL]);
  }
  labelOf(person: number): string {
    const row = person * width;
    return this.bytes.toString("utf8", this.people[row + LABEL], this.people[row + width + NAME]);
  }
  flagsOf(person: number): number {
    return this.flags[person] as number;
  }
  flag(person: number, flags: number): void {
    this.flags[person] = this.flagsOf(person) | flags;
  }

  /** Everybody of a name, compared without case, in the order of adding. */
  *everybody(name: string): Generator<number> {
    const order = this.sorted();
    const key = name.toLowerCase();
    const hash = hashOf(key);
    const end = this.buckets[(hash >>> 16) + 1] as number;
    for (let at = this.buckets[hash >>> 16] as number; at < end; at += 2) {
      const person = order[at + 1] as number;
      if (order[at] === hash && this.nameOf(person).toLowerCase() === key) yield person;
    }
  }

  /** The people of each name that more than one person has. */
  *shared(): Generator<number[]> {
    const order = this.sorted();
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

  /** Sorts by hash, eleven bits at a time, the lowest first: each pass keeps the order of the one before. */
  private sorted(): Uint32Array {
    if (this.order !== undefined) return this.order;
    const { people, buckets } = this;
    let order = new Uint32Array(2 * this.size);
    let length = 0;
    for (let row = 0; row < this.size * width; row += width) {
      if (people[row + NAME] === people[row + LABEL]) continue;
      order[length++] = people[row + HASH] as number;
      order[length++] = row / width;
    }
    order = order.subarray(0, length);
    let other = new Uint32Array(length);
    for (let shift = 0; shift < 32; shift += 11) {
      const starts = new Uint32Array(2048 + 1);
      for (let at = 0; at < length; at += 2) starts[(((order[at] as number) >>> shift) & 2047) + 1]! += 2;
      for (let i = 1; i < starts.length; i++) starts[i]! += starts[i - 1] as number;
      for (let at = 0; at < length; at += 2) {
        const hash = order[at] as number;
        const digit = (hash >>> shift) & 2047;
        const to = starts[digit] as number;
        starts[digit] = to + 2;
        other[to] = hash;
        other[to + 1] = order[at + 1] as number;
      }
      [order, other] = [other, order];
    }
    buckets.fill(0);
    for (let at = 0; at < length; at += 2) buckets[((order[at] as number) >>> 16) + 1]! += 2;
    for (let i = 1; i < buckets.length; i++) buckets[i]! += buckets[i - 1] as number;
    return (this.order = order);
  }
}
