import type { Resource } from "./resource";

interface Common {
  /** Name by which a policy's settings (`--policy-pack-config`) mean it. */
  readonly name: string;
  /** A full sentence: what must hold. */
  readonly description: string;
  /** `mandatory` refuses the change, `advisory` only says so. */
  readonly level: "mandatory" | "advisory";
  /** Settings of the rule, as JSON schema, with their defaults. */
  readonly settings?: Readonly<
    Record<string, { type: "number"; minimum: number; default: number; description: string }>
  >;
}

/** Looks at one resource at a time, before it is changed. Each finding is a sentence. */
export interface ResourceRule extends Common {
  readonly types: readonly string[];
  readonly check: (resource: Resource, settings: Settings, now: number) => readonly string[];
}

/** Looks at all resources together, at the end of a preview and of an update. */
export interface StackRule extends Common {
  readonly checkStack: (resources: readonly Resource[]) => readonly { urn: string; message: string }[];
}

export type Rule = ResourceRule | StackRule;
export type Settings = Readonly<Record<string, unknown>>;
