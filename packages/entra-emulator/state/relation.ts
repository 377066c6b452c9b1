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

  targets(from: string): string[] {
    return [...(this.pairs.get(from) ?? [])];
  }

  sources(to: string): string[] {
    return [...this.pairs].filter(([, targets]) => targets.has(to)).map(([from]) => from);
  }

  /** Returns all ids reachable from an object, without the object itself. Handles cycles. */
  reachable(from: string): string[] {
    return closure(from, (id) => this.targets(id));
  }

  /** Returns all ids from which an object is reachable. */
  reaching(to: string): string[] {
    return closure(to, (id) => this.sources(id));
  }

  /** Removes all pairs of an object. */
  forget(id: string): void {
    this.pairs.delete(id);
    for (const targets of this.pairs.values()) targets.delete(id);
  }
}

function closure(start: string, next: (id: string) => string[]): string[] {
  const seen = new Set<string>();
  const queue = next(start);
  for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
    if (seen.has(id) || id === start) continue;
    seen.add(id);
    queue.push(...next(id));
  }
  return [...seen];
}
