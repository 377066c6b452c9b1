/**
 * Who has which name, for directories of millions: a hash table over plain numbers and one run of bytes, at about 75
 * bytes a person, which the garbage collector never walks. Names are found without case; people keep the order in which
 * they were added.
 */

/** A growing typed array: doubles, so that adding is amortised. */
class Numbers<Store extends Uint16Array | Uint32Array | Int32Array> {
  constructor(
    private store: Store,
    private readonly make: (length: number) => Store,
  ) {}
  get(index: number): number {
    return this.store[index] as number;
  }
  set(index: number, value: number): void {
    if (index >= this.store.length) {
      const larger = this.make(this.store.length * 2);
      larger.set(this.store as never);
      this.store = larger;
    }
    this.store[index] = value;
  }
}
const unsigned32 = () => new Numbers(new Uint32Array(1024), (length) => new Uint32Array(length));
const signed32 = () => new Numbers(new Int32Array(1024), (length) => new Int32Array(length));
const unsigned16 = () => new Numbers(new Uint16Array(1024), (length) => new Uint16Array(length));

const none = -1;

/** FNV-1a over UTF-16 units, finished so that the low bits depend on all of them. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}

export class NameTable {
  /** Persons added. */
  size = 0;
  private bytes = Buffer.allocUnsafe(64 * 1024);
  private end = 0;
  private readonly nameStart = unsigned32();
  private readonly labelStart = unsigned32();
  private readonly hashes = unsigned32();
  /** The next person of the same name, in the order of adding; `none` at the last. */
  private readonly next = signed32();
  /** Of the first person of a name: the last one. */
  private readonly last = signed32();
  private readonly flags = unsigned16();
  /** Slots hold the number of the first person of a name, plus one. */
  private slots = new Uint32Array(2048);
  private names = 0;

  /** Adds a person; a null name takes part in nothing but `flagsOf`. Returns the person's number, from 0 up. */
  add(name: string | null, label: string, flags: number): number {
    const person = this.size++;
    this.flags.set(person, flags);
    this.nameStart.set(person, this.end);
    if (name !== null) this.write(name);
    this.labelStart.set(person, this.end);
    this.write(label);
    // The next person begins where this one's label ends; set now, so that the last label has an end too.
    this.nameStart.set(person + 1, this.end);
    this.next.set(person, none);
    this.last.set(person, person);
    if (name !== null) this.enter(name.toLowerCase(), person);
    return person;
  }

  private enter(key: string, person: number): void {
    const hash = hashOf(key);
    this.hashes.set(person, hash);
    const slot = this.slotOf(key, hash);
    const held = this.slots[slot] as number;
    if (held !== 0) {
      const first = held - 1;
      this.next.set(this.last.get(first), person);
      this.last.set(first, person);
      return;
    }
    this.slots[slot] = person + 1;
    if (++this.names * 2 > this.slots.length) this.grow();
  }

  private slotOf(key: string, hash: number): number {
    const within = this.slots.length - 1;
    let slot = hash & within;
    for (;;) {
      const held = this.slots[slot] as number;
      if (held === 0) return slot;
      if (this.hashes.get(held - 1) === hash && this.nameOf(held - 1).toLowerCase() === key) return slot;
      slot = (slot + 1) & within;
    }
  }

  private grow(): void {
    const old = this.slots;
    this.slots = new Uint32Array(old.length * 2);
    const within = this.slots.length - 1;
    for (const held of old) {
      if (held === 0) continue;
      let slot = this.hashes.get(held - 1) & within;
      while (this.slots[slot] !== 0) slot = (slot + 1) & within;
      this.slots[slot] = held;
    }
  }

  private write(text: string): void {
    const most = this.end + text.length * 3;
    if (most > this.bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, most));
      this.bytes.copy(larger, 0, 0, this.end);
      this.bytes = larger;
    }
    const bytes = this.bytes;
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

  nameOf(person: number): string {
    return this.bytes.toString("utf8", this.nameStart.get(person), this.labelStart.get(person));
  }
  labelOf(person: number): string {
    return this.bytes.toString("utf8", this.labelStart.get(person), this.nameStart.get(person + 1));
  }
  flagsOf(person: number): number {
    return this.flags.get(person);
  }
  flag(person: number, flags: number): void {
    this.flags.set(person, this.flags.get(person) | flags);
  }

  /** The first person of a name, compared without case. */
  find(name: string): number | undefined {
    const key = name.toLowerCase();
    const held = this.slots[this.slotOf(key, hashOf(key))] as number;
    return held === 0 ? undefined : held - 1;
  }

  /** Everybody of the name of `first`, who must be its first person. */
  *sharing(first: number): Generator<number> {
    for (let person = first; person !== none; person = this.next.get(person)) yield person;
  }

  /** The first person of each name that more than one person has. */
  *shared(): Generator<number> {
    for (const held of this.slots) {
      if (held !== 0 && this.next.get(held - 1) !== none) yield held - 1;
    }
  }
}
