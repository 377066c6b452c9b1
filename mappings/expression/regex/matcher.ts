import { Budget, StepsExhausted } from "../budget";
import { boundaryWord, has } from "./charset";
import { ASSERTIONS, Op, type Program, type Subprogram } from "./program";

/** Memory for what is known to fail, in bits. Beyond it the steps alone bound the work. */
const MAXIMUM_BITS = 2 ** 28;

/** A way that is still to be tried. */
interface Pending {
  pc: number;
  at: number;
  /** Which loops took something in their iteration, as bits. */
  progress: number;
  /** How many captures were noted when it was put aside. */
  noted: number;
  /** How many choices were open then. */
  open: number;
}

/**
 * Matches as .NET does, by trying ways in order and coming back. What failed once from a place is never tried there again (it fails
 * again, whatever led to it), also not by a later search in the same input: so all matches are found in time proportional to
 * pattern times input. Only back references take that away, for then what was captured matters; the number of steps bounds them.
 */
export class Matcher {
  /** Start and end of each group; -1 for none. */
  slots: number[];
  private readonly trail: number[] = [];
  private readonly memory: boolean;
  private readonly failed = new Map<Program, Uint8Array | undefined>();
  private readonly looked = new Map<Subprogram, Int8Array>();
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

  /** The first match at or after `from`: its end, with slots 0 and 1 and those of the groups set. Undefined without one. */
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
    // The choices on the way to here, none of which has failed yet.
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
        case Op.Look:
          ok = this.look(program.subprograms[a] as Subprogram, at);
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
          // What led to success has not failed: a later search may come by again.
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
      // Memory has to be cleared: the work of some hundred bits is a step.
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

  private look(sub: Subprogram, at: number): boolean {
    const simple = !sub.captures && !this.hasReferences;
    let known = this.looked.get(sub);
    if (simple && known === undefined) {
      this.budget.spend(this.input.length / 32);
      known = new Int8Array(this.input.length + 1);
      this.looked.set(sub, known);
    }
    if (simple && known?.[at] !== 0) return known?.[at] === 1;
    const noted = this.trail.length;
    const found = this.run(sub.program, at) !== undefined;
    // A negative lookaround captures nothing.
    if (sub.negative || !found) this.undo(noted);
    const holds = found !== sub.negative;
    if (simple && known !== undefined) known[at] = holds ? 1 : -1;
    return holds;
  }

  /** The place after what a group captured; undefined where it does not stand, or the group took no part. */
  private reference(group: number, caseless: boolean, at: number, backward: boolean): number | undefined {
    const [start, end] = [this.slots[2 * group] as number, this.slots[2 * group + 1] as number];
    // Inside of the group itself there is a new start and still the old end: that captured nothing yet.
    if (start < 0 || end < start) return undefined;
    const length = end - start;
    this.budget.spend(length);
    const from = backward ? at - length : at;
    if (from < 0) return undefined;
    const [captured, here] = [this.input.slice(start, end), this.input.slice(from, from + length)];
    const same = caseless ? captured.toLowerCase() === here.toLowerCase() : captured === here;
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
