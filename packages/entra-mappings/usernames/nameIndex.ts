/** The names of all users, in the order of addition. The comparison of names ignores case. */
export class NameIndex {
  private readonly names: (string | null)[] = [];
  private readonly labels: string[] = [];
  private readonly flags: number[] = [];
  private byName: Map<string, number | number[]> | undefined;

  /** Number of users. */
  get size(): number {
    return this.names.length;
  }

  /** Adds a user and returns its index, which starts at 0. A user with a null name has flags and a label only. */
  add(name: string | null, label: string): number {
    const person = this.names.push(name) - 1;
    this.labels.push(label);
    this.flags.push(0);
    this.byName = undefined;
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

  /**
   * The only user of each lower-case name, or all users in the order of addition. Built when the first query needs it: a Map that
   * grows with the users would cost several times as much, because garbage collection would visit it again and again.
   */
  private get holders(): ReadonlyMap<string, number | number[]> {
    if (this.byName !== undefined) return this.byName;
    const holders = (this.byName = new Map<string, number | number[]>());
    for (const [person, name] of this.names.entries()) {
      if (name === null) continue;
      const key = name.toLowerCase();
      const others = holders.get(key);
      if (others === undefined) holders.set(key, person);
      else if (typeof others === "number") holders.set(key, [others, person]);
      else others.push(person);
    }
    return holders;
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
