import type { Resource } from "./resource";

interface Common {
  /** Name of the policy, also its key in the file of `--policy-pack-config`. */
  readonly name: string;
  /** The requirement, as a full sentence. */
  readonly description: string;
  /** `mandatory` rejects the change, `advisory` reports a warning. */
  readonly level: "mandatory" | "advisory";
  /** Settings of the rule as JSON schema, with default values. */
  readonly settings?: Readonly<
    Record<string, { type: "number"; minimum: number; default: number; description: string }>
  >;
}

/** A rule that checks one resource at a time, before it changes. `check` returns one sentence per violation. */
export interface ResourceRule extends Common {
  readonly types: readonly string[];
  readonly check: (resource: Resource, settings: Settings, now: number) => readonly string[];
}

/** A rule that checks all resources together, at the end of a preview and of an update. */
export interface StackRule extends Common {
  readonly checkStack: (resources: readonly Resource[]) => readonly { urn: string; message: string }[];
}

export type Rule = ResourceRule | StackRule;
export type Settings = Readonly<Record<string, unknown>>;
