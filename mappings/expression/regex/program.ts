import { nullable, some, type RegexNode } from "./ast";
import type { CharSet } from "./charset";

/** Steps of the matcher's machine. `a` and `b` are their operands. */
export const enum Op {
  /** Take one code unit of set a. */
  Set,
  /** Go on at a, and when that fails at b; c numbers the choice. */
  Choice,
  Jump,
  /** Note the place in slot a. */
  Save,
  Assert,
  /** Try subprogram a here. */
  Look,
  Atomic,
  /** Take what group a captured; b is 1 when case is ignored. */
  Reference,
  /** An iteration of loop a begins: nothing is taken in it yet. */
  Begin,
  /** The iteration of loop a ends: when it took nothing the loop is over, and b goes on. */
  Check,
  Match,
}

export interface Instruction {
  op: Op;
  a: number;
  b: number;
  c: number;
}

export interface Subprogram {
  program: Program;
  behind: boolean;
  negative: boolean;
  /** Whether it captures, so that its result is more than yes or no. */
  captures: boolean;
}

/** A pattern as steps. In a lookbehind they take the input from right to left, as .NET does. */
export interface Program {
  code: Instruction[];
  sets: CharSet[];
  subprograms: Subprogram[];
  backward: boolean;
  choices: number;
  /** Loops that have to watch for an empty iteration. */
  loops: number;
}

/** Counted repetitions are written out; beyond this a pattern is refused. */
const MAXIMUM_SIZE = 20_000;
/** The matcher keeps a bit for each in one number. */
const MAXIMUM_LOOPS = 30;

export const ASSERTIONS = ["start", "end", "endOrNewline", "lineStart", "lineEnd", "boundary", "notBoundary"] as const;

/** Writes a pattern as steps. Throws RangeError when it would be too many. */
export function toProgram(node: RegexNode, backward = false): Program {
  const program: Program = { code: [], sets: [], subprograms: [], backward, choices: 0, loops: 0 };
  emit(node, program);
  add(program, Op.Match);
  if (program.loops > MAXIMUM_LOOPS)
    throw new RangeError("it has so many loops in which nothing may be taken that it cannot be previewed");
  return program;
}

function add(program: Program, op: Op, a = 0, b = 0): Instruction {
  if (program.code.length >= MAXIMUM_SIZE)
    throw new RangeError("it repeats so much by counts that it is too large to be previewed");
  const instruction = { op, a, b, c: 0 };
  program.code.push(instruction);
  return instruction;
}

/** A choice whose first way is the next instruction; the other is filled in later. */
function choice(program: Program, lazy: boolean): (other: number) => void {
  const instruction = add(program, Op.Choice);
  instruction.c = program.choices;
  program.choices += 1;
  const next = program.code.length;
  return (other) => {
    instruction.a = lazy ? other : next;
    instruction.b = lazy ? next : other;
  };
}

function emit(node: RegexNode, program: Program): void {
  switch (node.type) {
    case "set":
      add(program, Op.Set, program.sets.push(node.set) - 1);
      return;
    case "sequence":
      for (const item of program.backward ? node.items.toReversed() : node.items) emit(item, program);
      return;
    case "alternation":
      emitAlternation(node.options, program);
      return;
    case "group":
      add(program, Op.Save, 2 * node.number + (program.backward ? 1 : 0));
      emit(node.body, program);
      add(program, Op.Save, 2 * node.number + (program.backward ? 0 : 1));
      return;
    case "atomic":
    case "look": {
      const behind = node.type === "look" ? node.behind : program.backward;
      program.subprograms.push({
        program: toProgram(node.body, behind),
        behind,
        negative: node.type === "look" && node.negative,
        captures: some(node.body, ({ type }) => type === "group"),
      });
      add(program, node.type === "look" ? Op.Look : Op.Atomic, program.subprograms.length - 1);
      return;
    }
    case "assert":
      add(program, Op.Assert, ASSERTIONS.indexOf(node.kind));
      return;
    case "backreference":
      add(program, Op.Reference, node.number, node.ignoreCase ? 1 : 0);
      return;
    case "repeat":
      emitRepeat(node, program);
  }
}

function emitAlternation(options: RegexNode[], program: Program): void {
  const ends: Instruction[] = [];
  options.forEach((option, index) => {
    if (index === options.length - 1) {
      emit(option, program);
      return;
    }
    const otherwise = choice(program, false);
    emit(option, program);
    ends.push(add(program, Op.Jump));
    otherwise(program.code.length);
  });
  for (const end of ends) end.a = program.code.length;
}

function emitRepeat({ body, min, max, lazy }: Extract<RegexNode, { type: "repeat" }>, program: Program): void {
  for (let count = 0; count < min; count += 1) emit(body, program);
  if (max === Infinity) {
    const loop = nullable(body) ? program.loops++ : -1;
    const start = program.code.length;
    const leave = choice(program, lazy);
    if (loop >= 0) add(program, Op.Begin, loop);
    emit(body, program);
    const check = loop >= 0 ? add(program, Op.Check, loop) : undefined;
    add(program, Op.Jump, start);
    leave(program.code.length);
    if (check !== undefined) check.b = program.code.length;
    return;
  }
  const leaves: ((other: number) => void)[] = [];
  for (let count = min; count < max; count += 1) {
    leaves.push(choice(program, lazy));
    emit(body, program);
  }
  for (const leave of leaves) leave(program.code.length);
}
