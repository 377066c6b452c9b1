import { nullable, some, type RegexNode } from "./ast";
import type { CharSet } from "./charset";

/** Instructions of the matcher. `a`, `b` and `c` are their operands. */
export const enum Op {
  /** Consume one code unit of set a. */
  Set,
  /** Continue at a, and at b if that fails; c is the number of the choice. */
  Choice,
  Jump,
  /** Save the position in slot a. */
  Save,
  Assert,
  /** Run subprogram a at the current position. */
  Lookaround,
  Atomic,
  /** Consume the capture of group a; b is 1 if case is ignored. */
  Reference,
  /** Begin an iteration of loop a, which has not consumed anything yet. */
  Begin,
  /** End the iteration of loop a. If it consumed nothing, leave the loop and continue at b. */
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
  /** Whether it captures. If so, a boolean result is not enough. */
  captures: boolean;
}

/** A compiled pattern. As in .NET, the instructions of a lookbehind consume the input from right to left. */
export interface Program {
  code: Instruction[];
  sets: CharSet[];
  subprograms: Subprogram[];
  backward: boolean;
  choices: number;
  /** Number of loops that must detect an empty iteration. */
  loops: number;
}

/** Maximum number of instructions. Counted repetitions are expanded, so they can exceed it. */
const MAXIMUM_SIZE = 20_000;
/** Maximum number of loops with empty iterations. The matcher stores one bit for each in a number. */
const MAXIMUM_LOOPS = 30;

export const ASSERTIONS = ["start", "end", "endOrNewline", "lineStart", "lineEnd", "boundary", "notBoundary"] as const;

/** Compiles a pattern. @throws RangeError if the program would be too large */
export function toProgram(node: RegexNode, backward = false): Program {
  const program: Program = { code: [], sets: [], subprograms: [], backward, choices: 0, loops: 0 };
  emit(node, program);
  add(program, Op.Match);
  if (program.loops > MAXIMUM_LOOPS)
    throw new RangeError(
      `it has more than ${MAXIMUM_LOOPS} loops that can match the empty text, so it cannot be previewed`,
    );
  return program;
}

function add(program: Program, op: Op, a = 0, b = 0): Instruction {
  if (program.code.length >= MAXIMUM_SIZE)
    throw new RangeError("it cannot be previewed, because its counted quantifiers make it too large");
  const instruction = { op, a, b, c: 0 };
  program.code.push(instruction);
  return instruction;
}

/** Adds a choice whose first alternative is the next instruction. Returns a function that sets the other alternative. */
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
      add(program, node.type === "look" ? Op.Lookaround : Op.Atomic, program.subprograms.length - 1);
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
    const fallback = choice(program, false);
    emit(option, program);
    ends.push(add(program, Op.Jump));
    fallback(program.code.length);
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
