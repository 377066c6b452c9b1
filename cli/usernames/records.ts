import type { DirectoryUser } from "../../mappings/usernames";

/** Takes what a reader finds in a block: people in their order, and what is wrong, by the block's own lines from 1. */
export interface Records {
  person(user: DirectoryUser): void;
  problem(line: number, reason: string): void;
}

/** The input is of another kind altogether: nothing after it can be read. */
export class ParseError extends Error {
  constructor(
    /** Of the block. */
    readonly line: number,
    /** A sentence without its full stop. */
    readonly reason: string,
  ) {
    super(reason);
  }
}
