/**
 * Types of a plugin that runs on this host. The host implements Pulumi's resource-provider protocol
 * (pulumi/proto/provider.proto). Handlers see plain values: unwrapped secrets, {@link UNKNOWN} for unknowns of a
 * preview, and ids for resource references (URNs for components). Assets and archives stay maps with a signature, as
 * the engine sends them.
 */
import type { Lines } from "../output";

/** Value that is unknown until the deployment has run. It occurs only in check, diff and preview. */
export const UNKNOWN: unique symbol = Symbol.for("usersync.unknown");
export type Unknown = typeof UNKNOWN;

export type PropertyValue = null | boolean | number | string | Unknown | PropertyValue[] | PropertyMap;
export interface PropertyMap {
  [key: string]: PropertyValue | undefined;
}

/** Returns whether a value is a map and not a list, null or unknown. */
export function isMap(value: unknown): value is PropertyMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Context of each call. */
export interface CallContext<Config> {
  /** Result of {@link Plugin.configure}. */
  readonly config: Config;
  /** Aborted when the engine cancels the operation (Ctrl-C). Handlers must stop waiting and change nothing more. */
  readonly signal: AbortSignal;
  /** Timeout of this operation in seconds, from `customTimeouts`. Default: the handler's own. */
  readonly timeoutSeconds?: number;
  /** Logs lines for the user, shown with the resource. */
  log(severity: "debug" | "info" | "warning" | "error", lines: Lines): void;
  /** Makes text printable that becomes part of a result. Logs and errors need no call: the host does it. */
  redact(text: string): string;
}

/** One invalid input. `property` is a path in Pulumi's syntax: `mappings.userName.expression`. */
export interface CheckFailure {
  property: string;
  reason: Lines;
}

export interface CheckResult {
  /** Inputs with defaults. */
  inputs: PropertyMap;
  failures: CheckFailure[];
}

export type PropertyDiffKind = "add" | "add-replace" | "delete" | "delete-replace" | "update" | "update-replace";

export interface DiffResult {
  /**
   * Changes by property path (`mappings.userName.expression`); empty without a change. A `-replace` kind replaces the
   * resource.
   */
  changes: Record<string, PropertyDiffKind>;
  /** Top-level outputs that the update never changes. Their dependents stay known in a preview. Default: none. */
  stables?: readonly string[];
  deleteBeforeReplace?: boolean;
}

export interface ReadResult {
  id: string;
  /** Inputs that would produce the current state. Drift shows as their difference from the program's inputs. */
  inputs: PropertyMap;
  outputs: PropertyMap;
}

/** Handler of one custom resource. All methods except `check` receive inputs that have passed `check`. */
export interface ResourceHandler<Config> {
  /**
   * Properties that are always secret, in outputs and in the inputs that `read` returns. Secret inputs also stay
   * secret. Names or dotted paths: `provisioner.clientSecret`.
   */
  readonly secretOutputs?: readonly string[];
  check(ctx: CallContext<Config>, args: { urn: string; olds: PropertyMap; news: PropertyMap }): Promise<CheckResult>;
  diff(
    ctx: CallContext<Config>,
    args: {
      urn: string;
      id: string;
      oldInputs: PropertyMap;
      oldOutputs: PropertyMap;
      newInputs: PropertyMap;
      ignoreChanges: string[];
    },
  ): Promise<DiffResult>;
  /**
   * Creates the resource. In a preview, changes nothing, may return {@link UNKNOWN} outputs, and its `id` is ignored.
   */
  create(
    ctx: CallContext<Config>,
    args: { urn: string; inputs: PropertyMap; preview: boolean },
  ): Promise<{ id: string; outputs: PropertyMap }>;
  /** Reads the resource; `undefined` if it does not exist. `inputs` and `outputs` are empty on import. */
  read(
    ctx: CallContext<Config>,
    args: { urn: string; id: string; inputs: PropertyMap; outputs: PropertyMap },
  ): Promise<ReadResult | undefined>;
  update(
    ctx: CallContext<Config>,
    args: {
      urn: string;
      id: string;
      oldInputs: PropertyMap;
      oldOutputs: PropertyMap;
      newInputs: PropertyMap;
      preview: boolean;
    },
  ): Promise<{ outputs: PropertyMap }>;
  delete(
    ctx: CallContext<Config>,
    args: { urn: string; id: string; inputs: PropertyMap; outputs: PropertyMap },
  ): Promise<void>;
}

/** Handler of one function (invoke). Throws {@link InputErrors} for invalid arguments. */
export interface FunctionHandler<Config> {
  /** Results that are always secret, as names or dotted paths. */
  readonly secretOutputs?: readonly string[];
  invoke(ctx: CallContext<Config>, args: PropertyMap): Promise<PropertyMap>;
}

export interface Plugin<Config> {
  /** Package name, as in `pulumi-resource-NAME`. */
  readonly name: string;
  readonly version: string;
  /** Pulumi package schema that GetSchema returns. */
  readonly schema?: object;
  readonly resources: Readonly<Record<string, ResourceHandler<Config>>>;
  readonly functions?: Readonly<Record<string, FunctionHandler<Config>>>;
  /** Checks the provider's settings and returns all failures together. Default: accepts everything. */
  checkConfig?(news: PropertyMap): Promise<CheckResult>;
  /**
   * Compares settings. A `-replace` kind replaces the provider and all its resources. Default: any change updates the
   * provider.
   */
  diffConfig?(olds: PropertyMap, news: PropertyMap): Promise<DiffResult>;
  /**
   * Creates the clients. `settings` are plain values. Secret settings never appear in a log or an error message. The clients register
   * credentials from other sources, so that they are redacted too.
   */
  configure(settings: PropertyMap): Promise<Config>;
}

/** All invalid inputs of one call. */
export class InputErrors extends Error {
  override readonly name = "InputErrors";
  readonly lines: readonly string[];
  constructor(readonly failures: readonly CheckFailure[]) {
    const lines = failures.flatMap(({ property, reason }) => {
      const [first = "", ...rest] = [reason].flat();
      return [`${property}: ${first}`, ...rest];
    });
    super(lines.join("\n"));
    this.lines = lines;
  }
}

/**
 * Create or update that completed partly. The host reports it as Pulumi's partial failure (ErrorResourceInitFailed):
 * `id` and `outputs` reach the state, nothing is orphaned, and the next `up` continues.
 */
export class PartialFailure extends Error {
  override readonly name = "PartialFailure";
  constructor(
    message: string,
    readonly id: string,
    readonly inputs: PropertyMap,
    readonly outputs: PropertyMap,
  ) {
    super(message);
  }
}
