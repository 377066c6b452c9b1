import type { Argument } from "./ast";
import { SHORT, StepsExhausted, type Budget } from "./budget";
import type { DateTime } from "./datetime/datetime";
import { parseGeneral } from "./datetime/parse";
import { ExpressionError } from "./error";
import { parameterAt, type FunctionSpec } from "./functions";
import { parseNumber, printScalar, type AttributeLookup, type Thunk, type Value } from "./value";

/** Facts outside of the user that an evaluation may need. */
export interface CompileOptions {
  /** The time that Now() gives. Without it an expression with Now() cannot be previewed. */
  now?: () => Date;
  /** The tenant's default verified domain. Without it an expression with DefaultDomain() cannot be previewed. */
  defaultDomain?: string;
}

/** An argument, ready to compute. A blank one computes null. */
export interface CompiledArgument {
  node: Argument;
  thunk: Thunk;
  supplied: boolean;
  /** Its value when it is a literal. */
  constant?: Value;
}

// Of its own here: reading what another module exports costs a call, and this is read for every argument of every user.
const short = SHORT;

type Getter<T> = (lookup: AttributeLookup) => T;

/**
 * One call in an expression, as the functions see it when they are compiled: typed access to arguments, and errors that say
 * where and what. Getters convert once, at compile time, what is a literal.
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

  /** The literal text of an argument, or undefined when it is none. */
  constantText(index: number): string | undefined {
    const constant = this.list[index]?.constant;
    return constant === undefined || constant === null ? undefined : this.asText(constant, index)!;
  }

  /** An error about an argument, or about the call itself. The message goes on after the function's name. */
  fail(message: string, index?: number): never {
    const node = index === undefined ? undefined : this.list[index]?.node;
    throw new ExpressionError(`${this.name} ${message}.`, {
      position: node?.position ?? this.position,
      functionName: this.name,
      ...(this.source === undefined ? {} : { text: this.source }),
    });
  }

  /** Counts work, in steps of some tens of nanoseconds, against what an evaluation may take. */
  spend(steps: number): void {
    this.work(() => this.budget.spend(steps));
  }

  /** Counts work on a text of that length. */
  chargeForLength(length: number): void {
    if (length > short) this.work(() => this.budget.chargeForLength(length));
  }

  private work(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof StepsExhausted)) throw error;
      this.fail("gave up, because the texts in this expression grow too long; expected some thousands of characters");
    }
  }

  /** The argument's name and place, for messages. */
  label(index: number): string {
    return `${parameterAt(this.spec, index)?.name ?? "argument"} (argument ${index + 1})`;
  }

  /** The argument as text, null when it has no value. */
  text(index: number): Getter<string | null> {
    const node = this.list[index]?.node;
    if (node?.kind === "attribute") {
      // The commonest argument by far: one call less for each user.
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

  /** A function of the first argument as text; null stays null. As few calls for each user as can be. */
  ofText(transform: (text: string) => string): Thunk {
    const node = this.list[0]?.node;
    const otherwise = (value: Value): string | null => {
      const text = this.asText(value, 0);
      return text === null ? null : transform(text);
    };
    if (node?.kind === "attribute") {
      const { name } = node;
      return (lookup) => {
        const value = lookup(name);
        return typeof value === "string" && value.length <= short ? transform(value) : otherwise(value ?? null);
      };
    }
    const thunk = this.thunk(0);
    return (lookup) => {
      const value = thunk(lookup);
      return typeof value === "string" && value.length <= short ? transform(value) : otherwise(value);
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
        `takes one value for ${this.label(index)}, found a list of ${value.length}; expected Join, Item or a single-valued attribute`,
        index,
      );
    }
    return value[0] ?? null;
  }

  /** The argument as a number, null when it has no value. Refuses a text that is none. */
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
        parseNumber(written) ?? this.fail(`expects a number for ${this.label(index)}, found ${shown(written)}`, index)
      );
    };
    return this.once(index, read);
  }

  /** The argument as a whole number that fits a string index. */
  integer(index: number): Getter<number | null> {
    const number = this.number(index);
    const read: Getter<number | null> = (lookup) => {
      const value = number(lookup);
      if (value === null) return null;
      const whole = Number(value);
      return Number.isSafeInteger(whole)
        ? whole
        : this.fail(`expects a whole number for ${this.label(index)}, found ${value}`, index);
    };
    return this.once(index, read);
  }

  /** The argument as a date in UTC, null when it has no value. */
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
          `expects a date for ${this.label(index)}, such as 2025-07-30, 2025-07-30T08:00:00Z or 7/30/2025 8:00:00 AM, found ${shown(written)}`,
          index,
        )
      );
    };
    return this.once(index, read);
  }

  /** Every value of the argument: a list's elements, or the one value; none for null. */
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

  /** Converts a literal when the expression is compiled, so that its error comes then, and not for each user. */
  private once<T>(index: number, read: Getter<T>): Getter<T> {
    if (this.list[index]?.constant === undefined) return read;
    const value = read(() => null);
    return () => value;
  }
}

/** A value in a message: quoted, and cut when it is long. */
export function shown(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}...` : text);
}
