import type { DirectoryUser, NestedGroup } from "entra-mappings";

/** Receives the users of a directory. */
export interface Visitor {
  /** Receives a user. `nestedIn`: the nested group, if the user is a member only through it. */
  person(user: DirectoryUser, nestedIn?: string): void;
  nestedGroup(group: NestedGroup): void;
  /** Receives the progress in bytes. `total` is 0 if the size is unknown. */
  progress(done: number, total: number): void;
}

/** Receives the users of a file, and the lines that contain no valid user, from 1. */
export interface Records {
  person(user: DirectoryUser): void;
  problem(line: number, reason: string): void;
}

/** A source of users. */
export interface Directory {
  /** Description for the report: the groups or the file. */
  readonly description: string;
  /** Passes every user to the visitor once. @throws CliError, GraphError */
  read(visitor: Visitor): Promise<void>;
}
