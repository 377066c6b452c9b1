import type { Work } from "./work";

/** How tightly a source binds: only an atom can be quantified, and an alternation can only be the whole body of a group. */
export const enum Binding {
  Alternation,
  Sequence,
  Atom,
}

/** A part of a pattern in JavaScript, with what its translation needs to know about it. */
export interface Fragment {
  source: string;
  binding: Binding;
  /** Whether it can match the empty text. */
  nullable: boolean;
  /** Whether it tries the empty text, if at all, after all other alternatives. */
  emptyLast: boolean;
  work: Work;
}

const NONE: Work = { size: 0, ways: 1, degree: 0 };

export function atom(source: string): Fragment {
  return { source, binding: Binding.Atom, nullable: false, emptyLast: true, work: { ...NONE, size: 1 } };
}

/** A condition on the position, or a back reference. */
export function condition(source: string, work = { ...NONE, size: 1 }): Fragment {
  return { source, binding: Binding.Sequence, nullable: true, emptyLast: true, work };
}

export function sequence(items: readonly Fragment[]): Fragment {
  const [only] = items;
  if (only !== undefined && items.length === 1) return only;
  return {
    source: items.map((item) => enclosed(item, Binding.Sequence)).join(""),
    binding: Binding.Sequence,
    nullable: items.every(({ nullable }) => nullable),
    emptyLast: items.every(({ emptyLast }) => emptyLast),
    work: items.reduce(
      (sum, { work }) => ({
        size: sum.size + work.size,
        ways: sum.ways * work.ways,
        degree: sum.degree + work.degree,
      }),
      NONE,
    ),
  };
}

export function alternation(branches: readonly Fragment[]): Fragment {
  const [only] = branches;
  if (only !== undefined && branches.length === 1) return only;
  return {
    source: branches.map(({ source }) => source).join("|"),
    binding: Binding.Alternation,
    nullable: branches.some(({ nullable }) => nullable),
    emptyLast: branches.every(({ emptyLast }) => emptyLast) && branches.slice(0, -1).every(({ nullable }) => !nullable),
    work: {
      size: branches.reduce((sum, { work }) => sum + work.size, 0),
      ways: branches.reduce((sum, { work }) => sum + work.ways, 0),
      degree: Math.max(...branches.map(({ work }) => work.degree)),
    },
  };
}

/** The bounds of a repetition; `max` can be Infinity. */
export interface Times {
  min: number;
  max: number;
}

export function repeat(body: Fragment, { min, max }: Times, lazy: boolean): Fragment {
  const counts = max === Infinity ? `{${min},}` : `{${min},${max}}`;
  const sign = { "{0,}": "*", "{1,}": "+", "{0,1}": "?" }[counts] ?? counts;
  const { size, ways, degree } = body.work;
  const most = max === Infinity ? Math.max(1, min) : max;
  // With one way to match the body, the only choice is the number of iterations.
  const single = ways === 1 && degree === 0;
  const choices = max - min + 1;
  return {
    source: `${enclosed(body, Binding.Atom)}${sign}${lazy ? "?" : ""}`,
    binding: Binding.Sequence,
    nullable: min === 0 || body.nullable,
    emptyLast: body.emptyLast && (!lazy || (min > 0 && !body.nullable)),
    work: {
      size: size * Math.max(1, most),
      ...(single
        ? { ways: max === Infinity ? 1 : choices, degree: max === Infinity ? 1 : 0 }
        : { ways: max === Infinity ? Infinity : choices * ways ** max, degree: degree * most }),
    },
  };
}

/** Encloses a source in (?:...) if it binds less tightly than required. */
export function enclosed({ source, binding }: Fragment, required: Binding): string {
  return binding < required ? `(?:${source})` : source;
}
