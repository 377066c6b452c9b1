/** The capturing groups of a pattern. */
export interface Groups {
  names: Map<string, number>;
  numbers: Set<number>;
  /** Group numbers in the order of the opening parentheses. */
  order: number[];
}

/**
 * Numbers groups as .NET does: explicit numbers first, then unnamed groups, then named groups.
 * @param opened the names of the groups in order, undefined for unnamed groups
 */
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

/** Returns the number of a group by its name or number, or undefined if it does not exist. */
export function groupNumber({ names, numbers }: Groups, name: string): number | undefined {
  const number = names.get(name);
  if (number !== undefined) return number;
  return /^\d+$/.test(name) && (Number(name) === 0 || numbers.has(Number(name))) ? Number(name) : undefined;
}
