import type { TestEngine, WireValue } from "@smallstep-ssh/usersync/testing";
import type { TestTenant } from "entra-emulator/testing";
import { Managed } from "../testing";
import { calls, constants, setUp, type Ids, type Lifecycle } from "./lifecycles";
import { Normaliser, type RecordedRequest } from "./normalise";

/** The requests of one operation and its result. */
export interface RecordedOperation {
  operation: string;
  requests: RecordedRequest[];
  /** The resource's state after the operation, or the function's result. `null` when the resource no longer exists. */
  state?: unknown;
  /** Plans only: the properties that differ. */
  differing?: string[];
  /** Plans only: whether the resource is replaced. */
  replaces?: boolean;
}

const tokenOf = (name: string) => `azuread:index/${name.charAt(0).toLowerCase()}${name.slice(1)}:${name}`;

/** Records a lifecycle with one plugin, from creation to deletion. */
export async function record(
  lifecycle: Lifecycle,
  tenant: TestTenant,
  engine: TestEngine,
): Promise<RecordedOperation[]> {
  const ids = await setUp(tenant);
  const tape = new Tape(tenant, ids);
  const token = tokenOf(lifecycle.type);
  const first = lifecycle.program(ids);
  let program = first;

  let managed!: Managed;
  await tape.add("create", async () => {
    managed = await Managed.create(engine, token, program);
    return managed.outputs;
  });
  const refresh = (description: string) =>
    tape.add(description, async () => ((await managed.refresh()) ? managed.outputs : null));
  const plan = (description: string, next: WireValue) => tape.plan(description, () => managed.plan(next));
  await plan("plan of the same", program);
  await refresh("refresh");
  await plan("plan of the same, refreshed", program);
  if (lifecycle.importable !== false) {
    await tape.add("import", async () => (await engine.read(token, managed.id)).outputs);
  }
  for (const [description, change] of lifecycle.changes) {
    const changed = Object.entries({ ...first, ...change(ids) }).filter(([, value]) => value !== undefined);
    program = Object.fromEntries(changed);
    await plan(`plan: ${description}`, program);
    await tape.add(`update: ${description}`, async () => {
      await managed.update(program);
      return managed.outputs;
    });
    await plan(`plan of the same after: ${description}`, program);
  }
  if (lifecycle.changes.length > 0) {
    await refresh("refresh after the changes");
    await plan("plan of the same, refreshed again", program);
  }
  await tape.add("delete", () => managed.delete());
  await refresh("refresh of a deleted resource");
  return tape.operations;
}

/** Records the function calls in order. */
export async function recordCalls(tenant: TestTenant, engine: TestEngine): Promise<RecordedOperation[]> {
  const ids = await setUp(tenant);
  const tape = new Tape(tenant, ids);
  for (const [description, name, args] of calls) {
    await tape.add(description, async () => (await engine.invoke(tokenOf(name), args(ids))).result);
  }
  return tape.operations;
}

/** Recorder of the requests that each operation sends. */
class Tape {
  readonly operations: RecordedOperation[] = [];
  private readonly normaliser: Normaliser;

  constructor(
    private readonly tenant: TestTenant,
    ids: Ids,
  ) {
    this.normaliser = new Normaliser(tenant.graph.url, ids, constants);
  }

  /** Records an operation. `carryOut` returns the state after it, if any. */
  async add(operation: string, carryOut: () => Promise<unknown>): Promise<void> {
    const { result, requests } = await this.watch(carryOut);
    const state = result === undefined ? {} : { state: this.normaliser.value(result) };
    this.operations.push({ operation, requests, ...state });
  }

  async plan(operation: string, carryOut: () => ReturnType<Managed["plan"]>): Promise<void> {
    const { result, requests } = await this.watch(carryOut);
    // The index of an element does not matter, because most lists are sets.
    const paths = result.changes === "none" ? [] : Object.keys(result.detailed);
    const differing = [...new Set(paths.map((one) => one.replace(/\[\d+\]/g, "[]")))].sort();
    this.operations.push({ operation, requests, differing, replaces: result.replaces.length > 0 });
  }

  private async watch<T>(carryOut: () => Promise<T>): Promise<{ result: T; requests: RecordedRequest[] }> {
    const { requests } = this.tenant.graph;
    const before = requests.all().at(-1)?.sequence ?? 0;
    const result = await carryOut();
    const asked = requests
      .all()
      .filter(({ sequence, path }) => sequence > before && /^\/(v1\.0|beta)\//.test(path))
      .sort((a, b) => a.sequence - b.sequence);
    return { result, requests: this.normaliser.requests(asked) };
  }
}
