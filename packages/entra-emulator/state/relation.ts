/** Many-to-many relation between object ids. Keeps the insertion order of the pairs. */
export class Relation {
  private readonly pairs = new Map<string, Set<string>>();

  /** Adds a pair. Returns false if it already exists. */
  add(from: string, to: string): boolean {
    const targets = this.pairs.get(from) ?? new Set<string>();
    this.pairs.set(from, targets);
    if (targets.has(to)) return false;
    targets.add(to);
    return true;
  }

  /** Removes a pair. Returns false if it does not exist. */
  remove(from: string, to: string): boolean {
    return this.pairs.get(from)?.delete(to) ?? false;
  }

  has(from: string, to: string): boolean {
    return this.pairs.get(from)?.has(to) ?? false;
  }

  targets = (from: string): string[] => [...(this.pairs.get(from) ?? [])];

  sources = (to: string): string[] => [...this.pairs].filter(([, targets]) => targets.has(to)).map(([from]) => from);

  /** Returns all ids reachable from an object, without the object itself. Handles cycles. */
  reachable = (from: string): string[] => closure(from, this.targets);

  /** Returns all ids from which an object is reachable. */
  reaching = (to: string): string[] => closure(to, this.sources);

  /** Removes all pairs of an object. */
  forget(id: string): void {
    this.pairs.delete(id);
    for (const targets of this.pairs.values()) targets.delete(id);
  }
}

function closure(start: string, next: (id: string) => string[]): string[] {
  const reached = new Set<string>(next(start));
  // A set iterates over the elements that are added during the iteration.
  for (const id of reached) for (const one of next(id)) reached.add(one);
  reached.delete(start);
  return [...reached];
}
