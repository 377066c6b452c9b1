/** A many-to-many relation between object ids that keeps the order in which pairs were added. */
export class Relation {
  private readonly pairs = new Map<string, Set<string>>();

  /** False if the pair was there already. */
  add(from: string, to: string): boolean {
    const targets = this.pairs.get(from) ?? new Set<string>();
    this.pairs.set(from, targets);
    if (targets.has(to)) return false;
    targets.add(to);
    return true;
  }

  /** False if there was no such pair. */
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

  /** Everything reachable from an object, the object itself left out; cycles are fine. */
  reachable(from: string): string[] {
    return closure(from, (id) => this.targets(id));
  }

  /** Everything from which an object can be reached. */
  reaching(to: string): string[] {
    return closure(to, (id) => this.sources(id));
  }

  /** Forgets an object on both sides. */
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
