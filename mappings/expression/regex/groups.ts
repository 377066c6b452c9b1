/** The capturing groups of a pattern. */
export interface Groups {
  names: Map<string, number>;
  numbers: Set<number>;
  /** The number of each group in the order of their opening brackets. */
  order: number[];
}

/** Numbers as .NET gives them: those that are said, then unnamed groups, then named ones. `opened`: their names, undefined for none. */
export function numberGroups(opened: readonly (string | undefined)[]): Groups {
  const numbers = new Set(opened.flatMap((name) => (name !== undefined && /^\d+$/.test(name) ? [Number(name)] : [])));
  const names = new Map<string, number>();
  let next = 0;
  const free = (): number => {
    do next += 1;
    while (numbers.has(next));
    numbers.add(next);
    return next;
  };
  const unnamed = opened.map((name) => (name === undefined ? free() : undefined));
  for (const name of opened) if (name !== undefined && !/^\d+$/.test(name) && !names.has(name)) names.set(name, free());
  const order = opened.map((name, index) => unnamed[index] ?? names.get(name as string) ?? Number(name));
  return { names, numbers, order };
}
