import type { DatabaseSettings } from "../../provider/folk";
import type { GraphClient } from "../../provider/graph";

/** Something that is there already, though a resource for it is only about to be made. */
export interface Duplicate {
  /** What it is, to begin a sentence with: `an application named "Smallstep SSH" (object id ...)`. */
  description: string;
  /** Takes it into the state: the id for `pulumi import`. Absent: it cannot be taken over. */
  importId?: string;
  /** How else to get rid of it, to end a sentence with. */
  remedy: string;
}

/** What the look-ups ask; each is opened when first needed. */
export interface Sources {
  graph(): Promise<GraphClient>;
  database(): Promise<DatabaseSettings>;
  /**
   * By kind, those of our own that were left before they had their name, as they were before the first of that kind was made now: what is
   * being made beside has no name either. Each is given out once. Empty at first.
   */
  unnamedLeftovers: Map<string, Promise<Entity[]>>;
}

/** An object of Graph. */
export interface Entity {
  id: string;
  [property: string]: unknown;
}

/** Inputs of a resource that is about to be made; those not known yet are no texts. */
export type Inputs = Readonly<Record<string, unknown>>;

/** Looks for what one type of resource would make a second time. Nothing is found where an input is not known yet. */
export type Finder = (sources: Sources, inputs: Inputs) => Promise<Duplicate[]>;
