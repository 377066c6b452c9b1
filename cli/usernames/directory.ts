import type { DirectoryUser, PartialReport, NestedGroup, DetailQuota } from "../../mappings/usernames";

/** Takes what a directory holds, one by one or as it was gathered. */
export interface Visitor {
  /** `nestedIn`: the nested group through which alone the person is a member. */
  person(user: DirectoryUser, nestedIn?: string): void;
  gathered(people: PartialReport): void;
  /** How many more details the report keeps. */
  room(): DetailQuota;
  nestedGroup(group: NestedGroup): void;
  /** How far reading has come: bytes, where the whole is known in bytes. */
  progress(done: number, total: number): void;
}

/** Where people come from. */
export interface Directory {
  /** For the report: which groups, which file. */
  readonly description: string;
  /** Hands over everybody once. @throws CliError, GraphError */
  read(visitor: Visitor): Promise<void>;
}
