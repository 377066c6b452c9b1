import type { DirectoryUser } from "entra-mappings";

/** Receives the records of a block: users in order, and problems with line numbers relative to the block, from 1. */
export interface Records {
  person(user: DirectoryUser): void;
  problem(line: number, reason: string): void;
}

/** The input has another format: nothing after this line can be parsed. */
export class ParseError extends Error {
  constructor(
    /** Line number relative to the block, from 1. */
    readonly line: number,
    /** A sentence without its period. */
    readonly reason: string,
  ) {
    super(reason);
  }
}
