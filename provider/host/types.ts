/**
 * What a plugin written on this host consists of. The host speaks Pulumi's resource-provider protocol
 * (pulumi/proto/provider.proto); the code behind these types sees plain values only: secrets unwrapped, unknowns of a
 * preview as {@link UNKNOWN}, resource references as their ids (a component's as its urn). Assets and archives are left
 * as the engine sends them: maps with a signature.
 */

/** A value that is not known before the deployment has run; only ever seen in check, diff and preview. */
export const UNKNOWN: unique symbol = Symbol.for("usersync.unknown");
export type Unknown = typeof UNKNOWN;

export type PropertyValue = null | boolean | number | string | Unknown | PropertyValue[] | PropertyMap;
export interface PropertyMap {
  [key: string]: PropertyValue | undefined;
}

/** What each call may use beside its arguments. */
export interface CallContext<Config> {
  /** What {@link Plugin.configure} returned. */
  readonly config: Config;
  /** Aborted when the engine cancels the operation (Ctrl-C): stop waiting, change nothing more. */
  readonly signal: AbortSignal;
  /** Seconds the program allows for this operation (`customTimeouts`); absent: the handler's own default. */
  readonly timeoutSeconds?: number;
  /** A line for the user, shown beside the resource. */
  log(severity: "debug" | "info" | "warning" | "error", message: string): void;
}

/** One wrong input. `property` is a path as Pulumi writes it: `mappings.userName.expression`. */
export interface CheckFailure {
  property: string;
  reason: string;
}

export interface CheckResult {
  /** The inputs with defaults filled in. */
  inputs: PropertyMap;
  failures: CheckFailure[];
}

export type PropertyDiffKind = "add" | "add-replace" | "delete" | "delete-replace" | "update" | "update-replace";

export interface DiffResult {
  /** Keyed by property path (`mappings.userName.expression`); empty: no change. A `-replace` kind replaces. */
  changes: Record<string, PropertyDiffKind>;
  /** Top-level outputs that this update certainly leaves as they are, so that what uses them stays known in a preview. */
  stables?: readonly string[];
  deleteBeforeReplace?: boolean;
}

export interface ReadResult {
  id: string;
  /** What the program would have to say to get what is there now: this is where drift becomes visible. */
  inputs: PropertyMap;
  outputs: PropertyMap;
}

/** One custom resource. Inputs given to all but `check` have passed `check`. */
export interface ResourceHandler<Config> {
  /**
   * Properties that are always secret, in outputs and in what `read` reports as inputs, besides those whose input of the
   * same path is secret. Names, or paths with dots: `provisioner.clientSecret`.
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
  /** In a preview the result's `id` is ignored and outputs may hold {@link UNKNOWN}; nothing may be changed. */
  create(
    ctx: CallContext<Config>,
    args: { urn: string; inputs: PropertyMap; preview: boolean },
  ): Promise<{ id: string; outputs: PropertyMap }>;
  /** `undefined`: it is gone. `inputs` and `outputs` are empty on import. */
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

/** One function (invoke). Throw {@link InputErrors} for wrong arguments. */
export interface FunctionHandler<Config> {
  /** Results that are always secret, as names or paths with dots. */
  readonly secretOutputs?: readonly string[];
  invoke(ctx: CallContext<Config>, args: PropertyMap): Promise<PropertyMap>;
}

export interface Plugin<Config> {
  /** Package name, as in `pulumi-resource-NAME`. */
  readonly name: string;
  readonly version: string;
  /** Pulumi package schema as an object, answered to GetSchema. */
  readonly schema?: object;
  readonly resources: Readonly<Record<string, ResourceHandler<Config>>>;
  readonly functions?: Readonly<Record<string, FunctionHandler<Config>>>;
  /** Checks the provider's own settings; all failures at once. Absent: everything is accepted as it is. */
  checkConfig?(news: PropertyMap): Promise<CheckResult>;
  /**
   * What changed settings do: a `-replace` kind replaces the provider, and so everything it manages. Absent: any change updates it.
   */
  diffConfig?(olds: PropertyMap, news: PropertyMap): Promise<DiffResult>;
  /**
   * Makes the clients. `settings` are plain values; those that are secret never reach a log or an error text, nor does what is told to
   * `registerSecret`: credentials that are had elsewhere.
   */
  configure(settings: PropertyMap, registerSecret: (secret: string) => void): Promise<Config>;
}

/** All that is wrong with one call's inputs, at once. */
export class InputErrors extends Error {
  override readonly name = "InputErrors";
  constructor(readonly failures: readonly CheckFailure[]) {
    super(failures.map((failure) => `${failure.property}: ${failure.reason}`).join("\n"));
  }
}

/**
 * A create or update that got only part of the way. The host reports it as Pulumi's partial failure
 * (ErrorResourceInitFailed), so that `id` and `outputs` reach the state, nothing is orphaned, and the next `up` goes on.
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
