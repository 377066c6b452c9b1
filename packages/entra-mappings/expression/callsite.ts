import type { Argument } from "./ast";
import { SHORT, StepsExhausted, type Budget } from "./budget";
import type { DateTime } from "./datetime/datetime";
import { parseGeneral } from "./datetime/parse";
import { ExpressionError } from "./error";
import { parameterAt, type FunctionSpec } from "./functions";
import { parseNumber, printScalar, type AttributeLookup, type Thunk, type Value } from "./value";

/** Values that an evaluation may need besides the user's attributes. */
export interface CompileOptions {
  /** Returns the time for Now(). Without it, an evaluation that calls Now() fails. Default: not set. */
  now?: () => Date;
  /** The tenant's default verified domain. Without it, an expression with DefaultDomain() does not compile. Default: not set. */
  defaultDomain?: string;
}

/** A compiled argument. A blank argument evaluates to null. */
export interface CompiledArgument {
  node: Argument;
  thunk: Thunk;
  supplied: boolean;
  /** The value of a literal; not set for other arguments. */
  constant?: Value;
}

// A local copy: reading an imported binding costs a call, and this code reads it for every argument of every user.
const short = SHORT;

type Getter<T> = (lookup: AttributeLookup) => T;

/**
 * A function call during compilation, with typed access to its arguments and errors that contain their position. Getters convert
 * literals once, at compile time.
 */
export class CallSite {
  constructor(
    readonly spec: FunctionSpec,
    readonly list: readonly CompiledArgument[],
    readonly options: CompileOptions,
    private readonly position: number,
    private readonly source: string | undefined,
    readonly budget: Budget,
  ) {}

  get name(): string {
    return this.spec.name;
  }

  get count(): number {
    return this.list.length;
  }

  supplied(index: number): boolean {
    return this.list[index]?.supplied === true;
  }

  thunk(index: number): Thunk {
    return this.list[index]?.thunk ?? (() => null);
  }

  /** Returns the text of a literal argument, or undefined if the argument is not a literal. */
  constantText(index: number): string | undefined {
    const constant = this.list[index]?.constant;
    return constant === undefined || constant === null ? undefined : this.asText(constant, index)!;
  }

  /** Throws an error for an argument, or for the call if there is no index. The message continues after the function's name. */
  fail(message: string, index?: number): never {
    const node = index === undefined ? undefined : this.list[index]?.node;
    throw new ExpressionError(`${this.name} ${message}.`, {
      position: node?.position ?? this.position,
      functionName: this.name,
      text: this.source,
    });
  }

  /** Charges work to the budget of the evaluation, in steps of some tens of nanoseconds. */
  spend(steps: number): void {
    this.work(() => this.budget.spend(steps));
  }

  /** Charges work on a text of the given length. */
  chargeForLength(length: number): void {
    if (length > short) this.work(() => this.budget.chargeForLength(length));
  }

  private work(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof StepsExhausted)) throw error;
      this.fail("stopped, because the texts in this expression are too long; use at most some thousands of characters");
    }
  }

  /** Returns the argument's name and position for messages. */
  label(index: number): string {
    return `${parameterAt(this.spec, index)?.name ?? "argument"} (argument ${index + 1})`;
  }

  /** Returns a getter of the argument as text, null if it has no value. */
  text(index: number): Getter<string | null> {
    const node = this.list[index]?.node;
    if (node?.kind === "attribute") {
      // Attributes are by far the most frequent arguments. This branch saves one call per user.
      const { name } = node;
      return (lookup) => {
        const value = lookup(name);
        return typeof value === "string" && value.length <= short ? value : this.asText(value ?? null, index);
      };
    }
    const thunk = this.thunk(index);
    return (lookup) => {
      const value = thunk(lookup);
      return typeof value === "string" && value.length <= short ? value : this.asText(value, index);
    };
  }

  /** Compiles a function of the first argument as text. Null stays null. Optimized for few calls per user. */
  ofText(transform: (text: string) => string): Thunk {
    const node = this.list[0]?.node;
    const fallback = (value: Value): string | null => {
      const text = this.asText(value, 0);
      return text === null ? null : transform(text);
    };
    if (node?.kind === "attribute") {
      const { name } = node;
      return (lookup) => {
        const value = lookup(name);
        return typeof value === "string" && value.length <= short ? transform(value) : fallback(value ?? null);
      };
    }
    const thunk = this.thunk(0);
    return (lookup) => {
      const value = thunk(lookup);
      return typeof value === "string" && value.length <= short ? transform(value) : fallback(value);
    };
  }

  private asText(value: Value, index: number): string | null {
    if (value === null) return null;
    if (typeof value === "string") {
      this.chargeForLength(value.length);
      return value;
    }
    if (!Array.isArray(value)) return printScalar(value);
    if (value.length > 1) {
      this.fail(
        `requires one value for ${this.label(index)}, found a list of ${value.length}; use Join, Item or a single-valued attribute`,
        index,
      );
    }
    return value[0] ?? null;
  }

  /** Returns a getter of the argument as a number, null if it has no value. Text that is not a number is an error. */
  number(index: number): Getter<number | bigint | null> {
    const text = this.text(index);
    const thunk = this.thunk(index);
    const read: Getter<number | bigint | null> = (lookup) => {
      const value = thunk(lookup);
      if (typeof value === "number" || typeof value === "bigint") return value;
      if (typeof value === "boolean") return value ? 1 : 0;
      const written = text(lookup);
      if (written === null || written.trim() === "") return null;
      return (
        parseNumber(written) ?? this.fail(`requires a number for ${this.label(index)}, found ${quoted(written)}`, index)
      );
    };
    return this.once(index, read);
  }

  /** Returns a getter of the argument as a safe integer, null if it has no value. */
  integer(index: number): Getter<number | null> {
    const number = this.number(index);
    const read: Getter<number | null> = (lookup) => {
      const value = number(lookup);
      if (value === null) return null;
      const whole = Number(value);
      return Number.isSafeInteger(whole)
        ? whole
        : this.fail(`requires a whole number for ${this.label(index)}, found ${value}`, index);
    };
    return this.once(index, read);
  }

  /** Returns a getter of the argument as a date in UTC, null if it has no value. */
  date(index: number): Getter<DateTime | null> {
    const text = this.text(index);
    const thunk = this.thunk(index);
    const read: Getter<DateTime | null> = (lookup) => {
      const value = thunk(lookup);
      if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
      const written = text(lookup);
      if (written === null || written.trim() === "") return null;
      return (
        parseGeneral(written) ??
        this.fail(
          `requires a date for ${this.label(index)}, such as 2025-07-30, 2025-07-30T08:00:00Z or 7/30/2025 8:00:00 AM, found ${quoted(written)}`,
          index,
        )
      );
    };
    return this.once(index, read);
  }

  /** Returns a getter of all values of the argument: the elements of a list, or the single value. Null has no values. */
  values(index: number): Getter<string[]> {
    const thunk = this.thunk(index);
    return (lookup) => {
      const value = thunk(lookup);
      if (value === null) return [];
      const list = Array.isArray(value) ? value : [printScalar(value)];
      let length = list.length;
      for (const item of list) length += item.length;
      this.chargeForLength(length);
      return list;
    };
  }

  /** Converts a literal at compile time, so that an error in it occurs then and not for each user. */
  private once<T>(index: number, read: Getter<T>): Getter<T> {
    if (this.list[index]?.constant === undefined) return read;
    const value = read(() => null);
    return () => value;
  }
}

/** Formats a value for a message: quoted and truncated to 60 characters. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}...` : text);
}
