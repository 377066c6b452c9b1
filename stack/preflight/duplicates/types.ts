import type { DatabaseSettings, GraphClient } from "@smallstep-ssh/usersync/clients";

/** An existing object that matches a resource that the stack is about to create. */
export interface Duplicate {
  /** Noun phrase for messages: `an application named "Smallstep SSH" (object id ...)`. */
  description: string;
  /** Id for `pulumi import`. Absent: the object cannot be imported. */
  importId?: string;
  /** How to resolve the conflict without an import, in the imperative: `rename or delete it`. */
  remedy: string;
}

/** The services that the lookups query. Each connection opens at its first use. */
export interface Sources {
  graph(): Promise<GraphClient>;
  database(): Promise<DatabaseSettings>;
  /**
   * Half-created objects left by an interrupted run, per collection. Read once, before this run creates anything, because new objects
   * are unnamed for a moment too. Each is matched at most once. Initially empty.
   */
  unnamedLeftovers: Map<string, Promise<Entity[]>>;
}

/** An object of Graph. */
export interface Entity {
  id: string;
  [property: string]: unknown;
}

/** Inputs of a resource that is about to be created. An input that is not known yet is not a string. */
export type Inputs = Readonly<Record<string, unknown>>;

/** Finds existing objects that creating a resource of one type would duplicate. Finds nothing while an input is not known. */
export type Finder = (sources: Sources, inputs: Inputs) => Promise<Duplicate[]>;
