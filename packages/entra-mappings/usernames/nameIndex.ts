/** The names of all users, in the order of addition. The comparison of names ignores case. */
export class NameIndex {
  private readonly names: (string | null)[] = [];
  private readonly labels: string[] = [];
  private readonly flags: number[] = [];
  /** The only user of each lower-case name, or all users in the order of addition. Most names have one user. */
  private readonly holders = new Map<string, number | number[]>();

  /** Number of users. */
  get size(): number {
    return this.names.length;
  }

  /** Adds a user and returns its index, which starts at 0. A user with a null name has flags and a label only. */
  add(name: string | null, label: string): number {
    const person = this.names.push(name) - 1;
    this.labels.push(label);
    this.flags.push(0);
    if (name === null) return person;
    const key = name.toLowerCase();
    const others = this.holders.get(key);
    if (others === undefined) this.holders.set(key, person);
    else if (typeof others === "number") this.holders.set(key, [others, person]);
    else others.push(person);
    return person;
  }

  nameOf(person: number): string {
    return this.names[person] ?? "";
  }
  labelOf(person: number): string {
    return this.labels[person] ?? "";
  }
  flagsOf(person: number): number {
    return this.flags[person] ?? 0;
  }
  flag(person: number, flags: number): void {
    this.flags[person] = this.flagsOf(person) | flags;
  }

  usersWithName(name: string): readonly number[] {
    const holders = this.holders.get(name.toLowerCase()) ?? [];
    return typeof holders === "number" ? [holders] : holders;
  }

  /** Yields each lower-case name that more than one user has, with its users. */
  *collisions(): Generator<[name: string, users: readonly number[]]> {
    for (const [name, holders] of this.holders) if (typeof holders !== "number") yield [name, holders];
  }
}
