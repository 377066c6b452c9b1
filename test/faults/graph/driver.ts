import * as grpc from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import { ErrorResourceInitFailed, ProviderHandshakeRequest } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { Plugin } from "../../../provider/host";
import { TestEngine, type WireValue } from "../../../provider/host/testing";

/** What the engine keeps of one resource. */
export interface Kept {
  id: string;
  inputs: WireValue;
  outputs: WireValue;
  /** Why it was made only in part: the next `up` updates it in any case. */
  initErrors?: string[];
}
export type State = Record<string, Kept>;

/** One resource of a program; what it needs of others is read from their outputs (`undefined`: not known in this preview). */
export interface Declared {
  name: string;
  type: string;
  inputs(outputs: (name: string) => WireValue | undefined): WireValue;
}

export interface Program {
  /** What runs before the first resource, in each preview and update: checks and functions. */
  before(engine: TestEngine): Promise<void>;
  /** In the order in which they depend on each other. */
  resources: readonly Declared[];
}

/** How an operation of the engine ended: the first error, in its words. */
export type Outcome = { ok: true } | { ok: false; message: string };

/**
 * The calls that Pulumi's engine makes of a plugin in `up`, `refresh` and `destroy`, with the state that it keeps, without the engine:
 * a run takes milliseconds. As in pkg/resource/deploy of pulumi 3.253: a plugin process for each operation, a
 * diff after each read of a refresh, and a failed initialization kept with its errors. That the real engine makes the same calls
 * is asserted beside the tests that use this.
 */
export class Driver {
  state: State = {};
  /** What the plugin said to the user, since the last `clear`. */
  readonly said: string[] = [];
  private readonly listener: grpc.Server;
  private address = "";

  private constructor(
    private readonly plugin: () => Plugin<never>,
    private readonly settings: WireValue,
  ) {
    this.listener = new grpc.Server();
    this.listener.addService(EngineService, {
      log: (call: grpc.ServerUnaryCall<LogRequest, Empty>, done: grpc.sendUnaryData<Empty>) => {
        this.said.push(call.request.getMessage());
        done(null, new Empty());
      },
    } as never);
  }

  static async start(plugin: () => Plugin<never>, settings: WireValue): Promise<Driver> {
    const driver = new Driver(plugin, settings);
    const port = await new Promise<number>((resolve, reject) => {
      driver.listener.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      );
    });
    driver.address = `127.0.0.1:${port}`;
    return driver;
  }

  close(): void {
    this.listener.forceShutdown();
  }

  preview(program: Program): Promise<Outcome> {
    return this.operation((engine) => this.walk(engine, program, true));
  }

  /** Without the preview that goes before. */
  up(program: Program): Promise<Outcome> {
    return this.operation((engine) => this.walk(engine, program, false));
  }

  refresh(): Promise<Outcome> {
    return this.operation(async (engine) => {
      const found: State = {};
      for (const [name, old] of Object.entries(this.state)) {
        const type = typeOf(name);
        const read = await engine.read(type, old.id, old.inputs, old.outputs);
        if (read.id === "") continue;
        // What changed is shown as the difference between what is there and what the program said.
        await engine.diff(type, read.id, read.inputs, read.outputs, old.inputs);
        found[name] = { id: read.id, inputs: read.inputs, outputs: read.outputs };
      }
      this.state = found;
    });
  }

  destroy(): Promise<Outcome> {
    return this.operation(async (engine) => {
      for (const [name, old] of Object.entries(this.state).reverse()) {
        await engine.delete(typeOf(name), old.id, old.inputs, old.outputs);
        delete this.state[name];
      }
    });
  }

  private async walk(engine: TestEngine, program: Program, preview: boolean): Promise<void> {
    await program.before(engine);
    const outputs: Record<string, WireValue | undefined> = {};
    for (const { name, type, inputs } of program.resources) {
      const key = `${type}::${name}`;
      const old = this.state[key];
      const checked = await engine.check(
        type,
        inputs((one) => outputs[one]),
        old?.inputs,
      );
      const [failure] = checked.failures;
      if (failure !== undefined) throw new Error(`${failure.property}: ${failure.reason}`);
      outputs[name] = await this.step(engine, key, checked.inputs, preview);
    }
  }

  private async step(engine: TestEngine, key: string, news: WireValue, preview: boolean): Promise<WireValue> {
    const type = typeOf(key);
    const old = this.state[key];
    try {
      if (old === undefined) {
        const made = await engine.create(type, news, { preview });
        if (!preview) this.state[key] = { id: made.id, inputs: news, outputs: made.outputs };
        return made.outputs;
      }
      const diff = await engine.diff(type, old.id, old.inputs, old.outputs, news);
      if (diff.replaces.length > 0) throw new Error(`${key} would be replaced (${diff.replaces.join(", ")}).`);
      if (diff.changes === "none" && old.initErrors === undefined) return old.outputs;
      const outputs = await engine.update(type, old.id, old.inputs, old.outputs, news, { preview });
      if (!preview) this.state[key] = { id: old.id, inputs: news, outputs };
      return outputs;
    } catch (error) {
      const partial = initializationFailure(error);
      if (partial !== undefined && !preview) this.state[key] = partial;
      throw error;
    }
  }

  private async operation(work: (engine: TestEngine) => Promise<void>): Promise<Outcome> {
    const engine = await TestEngine.start(this.plugin());
    try {
      const handshake = new ProviderHandshakeRequest();
      handshake.setEngineAddress(this.address);
      await engine.call((done) => engine.raw.handshake(handshake, done));
      await engine.configure(this.settings);
      await work(engine);
      return { ok: true };
    } catch (error) {
      return { ok: false, message: (error as Partial<grpc.ServiceError>).details ?? String((error as Error).message) };
    } finally {
      engine.close();
    }
  }
}

function typeOf(key: string): string {
  return key.split("::")[0] ?? "";
}

/** What a failed create or update left behind, as the error says it. */
function initializationFailure(error: unknown): Kept | undefined {
  const [packed] = (error as Partial<grpc.ServiceError>).metadata?.get("grpc-status-details-bin") ?? [];
  if (packed === undefined) return undefined;
  for (const detail of Status.deserializeBinary(packed as Buffer).getDetailsList()) {
    const found = detail.unpack(
      ErrorResourceInitFailed.deserializeBinary.bind(ErrorResourceInitFailed),
      "pulumirpc.ErrorResourceInitFailed",
    );
    if (found === null) continue;
    return {
      id: found.getId(),
      inputs: (found.getInputs()?.toJavaScript() ?? {}) as WireValue,
      outputs: (found.getProperties()?.toJavaScript() ?? {}) as WireValue,
      initErrors: found.getReasonsList(),
    };
  }
  return undefined;
}
