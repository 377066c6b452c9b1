/**
 * An index of user names for directories with millions of users. It stores plain numbers and long text runs, about 65 bytes per
 * user, so that garbage collection stays cheap. Users keep the order in which they were added; name comparison ignores case.
 *
 * `add` only appends. Queries scan all hashes once: a hash table of names would access a different memory location for each user.
 */
import { groupBy } from "./groupBy";
import { sortByHash } from "./hashOrder";
import { classOf, OTHER } from "./posix";

// A local copy: reading an imported binding costs a call, and this code reads it for every character of every name.
const classes = classOf;

/** Numbers per user in `users`. */
const width = 3;
/** Columns: start of the name in the joined text, start of the label (end of the name), hash. The next name ends the label. */
const NAME = 0;
const LABEL = 1;
const HASH = 2;

const prime = 0x01000193;
const basis = 0x811c9dc5;

/** Texts are joined to a run when their number or their total length exceeds one of these limits. */
const manyTexts = 4096;
const muchText = 1024 * 1024;

/** Finishes a hash so that every bit depends on all others. */
function finished(hash: number): number {
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}

/** Returns the FNV-1a hash over the UTF-16 code units of a lower-case name. */
function hashOf(key: string): number {
  let hash = basis;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), prime);
  return finished(hash);
}

/** The contents of an index, as plain data that threads can exchange. */
export interface NameColumns {
  readonly size: number;
  readonly runs: readonly string[];
  readonly users: Uint32Array;
  readonly flags: Uint16Array;
}

export class NameTable {
  /** Number of users. */
  size = 0;
  /** Character classes of the last added name; see posix.ts. */
  classes = 0;
  /** The text of all names and labels: complete runs, the start offset of each run, and texts that are not in a run yet. */
  private runs: string[] = [];
  private starts: number[] = [];
  private texts: string[] = [];
  private runStart = 0;
  private end = 0;
  private users = new Uint32Array(1024 * width);
  private flags = new Uint16Array(1024);
  /** Pairs of hash and user index for all users with a name, by hash and then by index. Undefined until a query needs it. */
  private order: Uint32Array | undefined;

  /** Adds a user and returns its index, which starts at 0. A user with a null name has flags and a label only. */
  add(name: string | null, label: string): number {
    const person = this.size++;
    // One extra row: its start ends the last label.
    if ((person + 2) * width > this.users.length) this.growPeople();
    const row = person * width;
    const { users, texts } = this;
    users[row + NAME] = this.end;
    if (name === null) users[row + HASH] = 0;
    else {
      users[row + HASH] = this.hash(name);
      texts.push(name);
      this.end += name.length;
    }
    users[row + LABEL] = this.end;
    texts.push(label);
    this.end += label.length;
    users[row + width + NAME] = this.end;
    if (texts.length > manyTexts || this.end - this.runStart > muchText) this.join();
    this.order = undefined;
    return person;
  }

  /** Returns the contents and empties the index. */
  take(): NameColumns {
    this.join();
    const { size, runs, users, flags } = this;
    // Keep the capacity: the next part usually has a similar size.
    this.users = new Uint32Array(users.length);
    this.flags = new Uint16Array(flags.length);
    this.runs = [];
    this.starts = [];
    this.size = this.end = this.runStart = 0;
    this.order = undefined;
    return { size, runs, users, flags };
  }

  /** Appends all users of another index in their order. */
  append(columns: NameColumns): void {
    this.join();
    const first = this.size;
    while ((first + columns.size + 1) * width > this.users.length) this.growPeople();
    this.flags.set(columns.flags.subarray(0, columns.size), first);
    const { users, end } = this;
    const others = columns.users;
    let row = first * width;
    for (let from = 0; from < columns.size * width; from += width, row += width) {
      users[row + NAME] = (others[from + NAME] as number) + end;
      users[row + LABEL] = (others[from + LABEL] as number) + end;
      users[row + HASH] = others[from + HASH] as number;
    }
    for (const run of columns.runs) this.addRun(run);
    this.size += columns.size;
    this.end = users[row + NAME] = this.runStart;
    this.order = undefined;
  }

  private growPeople(): void {
    const users = new Uint32Array(this.users.length * 2);
    users.set(this.users);
    this.users = users;
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

  /** Returns the hash of the lower-case name. Sets `classes` in the same pass over the characters. */
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

  /** Returns a part of the joined text. Names and labels never cross a run boundary. */
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
    return this.text(this.users[row + NAME] as number, this.users[row + LABEL] as number);
  }
  labelOf(person: number): string {
    const row = person * width;
    return this.text(this.users[row + LABEL] as number, this.users[row + width + NAME] as number);
  }
  flagsOf(person: number): number {
    return this.flags[person] as number;
  }
  flag(person: number, flags: number): void {
    this.flags[person] = this.flagsOf(person) | flags;
  }

  /** Yields the users with a name in the order in which they were added. The comparison ignores case. */
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

  /** Yields the users of each name that more than one user has. */
  *collisions(): Generator<number[]> {
    const order = sortByHash(this.named(this.repeated()));
    for (let from = 0; from < order.length;) {
      const hash = order[from] as number;
      let to = from + 2;
      while (to < order.length && order[to] === hash) to += 2;
      if (to - from > 2) {
        const users = order.subarray(from, to).filter((_, place) => place % 2 === 1);
        // Different names can have the same hash.
        const byName = groupBy(users, (person) => this.nameOf(person).toLowerCase());
        for (const members of byName.values()) if (members.length > 1) yield members;
      }
      from = to;
    }
  }

  /** Returns a test for hashes that occur more than once. The test has no false negatives and few false positives. */
  private repeated(): (hash: number) => boolean {
    // At least eight bits per user keep false positives rare.
    const bits = Math.min(32, Math.max(8, 35 - Math.clz32(this.size)));
    const [once, twice] = [new Uint32Array(2 ** (bits - 5)), new Uint32Array(2 ** (bits - 5))];
    const shift = 32 - bits;
    const { users } = this;
    for (let row = 0; row < this.size * width; row += width) {
      if (users[row + NAME] === users[row + LABEL]) continue;
      const place = (users[row + HASH] as number) >>> shift;
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

  /** Returns pairs of hash and user index for all users with a name whose hash passes the test, in order of addition. */
  private named(asked: (hash: number) => boolean): Uint32Array {
    const { users } = this;
    const pairs = new Uint32Array(2 * this.size);
    let length = 0;
    for (let person = 0, row = 0; person < this.size; person++, row += width) {
      const hash = users[row + HASH] as number;
      if (users[row + NAME] === users[row + LABEL] || !asked(hash)) continue;
      pairs[length++] = hash;
      pairs[length++] = person;
    }
    return pairs.slice(0, length);
  }
}
