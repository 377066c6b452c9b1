import type { DirectoryUser, PartialReport, NestedGroup, DetailQuota } from "entra-mappings";

/** Receives the users of a directory, one by one or as partial reports. */
export interface Visitor {
  /** Receives a user. `nestedIn`: the nested group, if the user is a member only through it. */
  person(user: DirectoryUser, nestedIn?: string): void;
  gathered(partial: PartialReport): void;
  /** Returns how many more user details the report accepts. */
  quota(): DetailQuota;
  nestedGroup(group: NestedGroup): void;
  /** Receives the progress in bytes. `total` is 0 if the size is unknown. */
  progress(done: number, total: number): void;
}

/** A source of users. */
export interface Directory {
  /** Description for the report: the groups or the file. */
  readonly description: string;
  /** Passes every user to the visitor once. @throws CliError, GraphError */
  read(visitor: Visitor): Promise<void>;
}
