import { Budget, StepsExhausted } from "../budget";
import { boundaryWord, has } from "./charset";
import { ASSERTIONS, Op, type Program, type Subprogram } from "./program";

/** Maximum memory for failed states, in bits. Larger patterns run without it; then only the step budget bounds the work. */
const MAXIMUM_BITS = 2 ** 28;

/** An alternative that is not tried yet. */
interface Pending {
  pc: number;
  at: number;
  /** Bit set of the loops that consumed input in their current iteration. */
  progress: number;
  /** Number of recorded captures at that time. */
  noted: number;
  /** Number of open choices at that time. */
  open: number;
}

/**
 * A backtracking matcher with the semantics of .NET. A choice that failed at a position is never tried there again, not even by a
 * later search in the same input, because it would fail again. So the time for all matches is proportional to pattern size times
 * input length. With back references, the result also depends on captures; then only the step budget bounds the work.
 */
export class Matcher {
  /** Start and end of each group; -1 if the group did not match. */
  slots: number[];
  private readonly trail: number[] = [];
  private readonly memory: boolean;
  private readonly failed = new Map<Program, Uint8Array | undefined>();
  private readonly lookaroundResults = new Map<Subprogram, Int8Array>();
  constructor(
    private readonly program: Program,
    private readonly input: string,
    groups: number,
    private readonly hasReferences: boolean,
    private readonly budget = new Budget(),
  ) {
    this.memory = !hasReferences;
    this.slots = new Array<number>(2 * groups + 2).fill(-1);
  }

  /** Finds the first match at or after `from`, sets the slots and returns the end of the match; undefined without a match. */
  search(from: number): number | undefined {
    for (let start = from; start <= this.input.length; start += 1) {
      this.slots.fill(-1);
      this.trail.length = 0;
      const end = this.run(this.program, start);
      if (end === undefined) continue;
      this.slots[0] = start;
      this.slots[1] = end;
      return end;
    }
    return undefined;
  }

  private run(program: Program, from: number): number | undefined {
    const { code, sets, backward } = program;
    const { input, budget } = this;
    const width = input.length + 1;
    const failed = this.memoryFor(program);
    const pending: Pending[] = [];
    // Choices on the current path that have not failed yet.
    const open: number[] = [];
    let pc = 0;
    let at = from;
    let progress = 0;
    for (;;) {
      if (--budget.left < 0) throw new StepsExhausted();
      const { op, a, b, c } = code[pc] as (typeof code)[number];
      let ok = true;
      switch (op) {
        case Op.Set: {
          const unit = backward ? at - 1 : at;
          ok = unit >= 0 && unit < input.length && has(sets[a] as number[], input.charCodeAt(unit));
          at += backward ? -1 : 1;
          progress = -1;
          pc += 1;
          break;
        }
        case Op.Choice: {
          const key =
            failed === undefined ? 0 : ((c << program.loops) | (progress & ((1 << program.loops) - 1))) * width + at;
          if (failed !== undefined) {
            const bit = 1 << (key & 7);
            if (((failed[key >> 3] as number) & bit) !== 0) {
              ok = false;
              break;
            }
            failed[key >> 3] = (failed[key >> 3] as number) | bit;
            open.push(key);
          }
          pending.push({ pc: b, at, progress, noted: this.trail.length, open: open.length });
          pc = a;
          break;
        }
        case Op.Jump:
          pc = a;
          break;
        case Op.Save:
          this.note(a, at);
          pc += 1;
          break;
        case Op.Assert:
          ok = this.holds(a, at);
          pc += 1;
          break;
        case Op.Lookaround:
          ok = this.lookaround(program.subprograms[a] as Subprogram, at);
          pc += 1;
          break;
        case Op.Atomic: {
          const end = this.run((program.subprograms[a] as Subprogram).program, at);
          ok = end !== undefined;
          if (end !== undefined && end !== at) progress = -1;
          at = end ?? at;
          pc += 1;
          break;
        }
        case Op.Reference: {
          const end = this.reference(a, b === 1, at, backward);
          ok = end !== undefined;
          if (end !== undefined && end !== at) progress = -1;
          at = end ?? at;
          pc += 1;
          break;
        }
        case Op.Begin:
          progress &= ~(1 << a);
          pc += 1;
          break;
        case Op.Check:
          pc = (progress & (1 << a)) === 0 ? b : pc + 1;
          break;
        case Op.Match:
          // Choices on a successful path did not fail, so a later search may try them again.
          if (failed !== undefined)
            for (const key of open) failed[key >> 3] = (failed[key >> 3] as number) & ~(1 << (key & 7));
          return at;
      }
      if (ok) continue;
      const next = pending.pop();
      if (next === undefined) return undefined;
      this.undo(next.noted);
      open.length = next.open;
      ({ pc, at, progress } = next);
    }
  }

  private memoryFor(program: Program): Uint8Array | undefined {
    if (!this.memory) return undefined;
    if (!this.failed.has(program)) {
      const bits = program.choices * 2 ** program.loops * (this.input.length + 1);
      const fits = program.loops <= 8 && bits <= MAXIMUM_BITS;
      // Clearing the memory takes time: about 256 bits per step.
      if (fits) this.budget.spend(Math.floor(bits / 256));
      this.failed.set(program, fits ? new Uint8Array(Math.ceil(bits / 8) + 1) : undefined);
    }
    return this.failed.get(program);
  }

  private note(slot: number, at: number): void {
    this.trail.push(slot, this.slots[slot] as number);
    this.slots[slot] = at;
  }

  private undo(length: number): void {
    while (this.trail.length > length) {
      const value = this.trail.pop() as number;
      this.slots[this.trail.pop() as number] = value;
    }
  }

  private lookaround(sub: Subprogram, at: number): boolean {
    const simple = !sub.captures && !this.hasReferences;
    let cached = this.lookaroundResults.get(sub);
    if (simple && cached === undefined) {
      this.budget.spend(this.input.length / 32);
      cached = new Int8Array(this.input.length + 1);
      this.lookaroundResults.set(sub, cached);
    }
    if (simple && cached?.[at] !== 0) return cached?.[at] === 1;
    const noted = this.trail.length;
    const found = this.run(sub.program, at) !== undefined;
    // A negative lookaround discards its captures.
    if (sub.negative || !found) this.undo(noted);
    const holds = found !== sub.negative;
    if (simple && cached !== undefined) cached[at] = holds ? 1 : -1;
    return holds;
  }

  /** Matches a back reference and returns the position after it; undefined if it does not match or the group has no capture. */
  private reference(group: number, caseless: boolean, at: number, backward: boolean): number | undefined {
    const [start, end] = [this.slots[2 * group] as number, this.slots[2 * group + 1] as number];
    // Inside the group itself, the start is new and the end is old, so there is no capture yet.
    if (start < 0 || end < start) return undefined;
    const length = end - start;
    this.budget.spend(length);
    const from = backward ? at - length : at;
    if (from < 0) return undefined;
    const [captured, again] = [this.input.slice(start, end), this.input.slice(from, from + length)];
    const same = caseless ? captured.toLowerCase() === again.toLowerCase() : captured === again;
    return same ? (backward ? from : from + length) : undefined;
  }

  private holds(kind: number, at: number): boolean {
    const { input } = this;
    switch (ASSERTIONS[kind]) {
      case "start":
        return at === 0;
      case "end":
        return at === input.length;
      case "endOrNewline":
        return at === input.length || (at === input.length - 1 && input.charCodeAt(at) === 10);
      case "lineStart":
        return at === 0 || input.charCodeAt(at - 1) === 10;
      case "lineEnd":
        return at === input.length || input.charCodeAt(at) === 10;
      default: {
        const word = boundaryWord();
        const before = at > 0 && has(word, input.charCodeAt(at - 1));
        const after = at < input.length && has(word, input.charCodeAt(at));
        return (before !== after) === (ASSERTIONS[kind] === "boundary");
      }
    }
  }
}
