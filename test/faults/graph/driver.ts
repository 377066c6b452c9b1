import * as grpc from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import { ErrorResourceInitFailed, ProviderHandshakeRequest } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { Plugin } from "@smallstep-ssh/usersync/host";
import { TestEngine, type WireValue } from "@smallstep-ssh/usersync/testing";

/** State of one resource. */
export interface StoredResource {
  id: string;
  inputs: WireValue;
  outputs: WireValue;
  /** Reasons for a partial create. If set, the next `up` updates the resource even without a difference. */
  initErrors?: string[];
}
export type State = Record<string, StoredResource>;

/**
 * One resource of a program. `outputs` returns the outputs of an earlier resource, or `undefined` if this preview does
 * not know them.
 */
export interface Declared {
  name: string;
  type: string;
  inputs(outputs: (name: string) => WireValue | undefined): WireValue;
}

export interface Program {
  /** Checks and function calls before the first resource, in each preview and update. */
  before(engine: TestEngine): Promise<void>;
  /** In dependency order. */
  resources: readonly Declared[];
}

/** Result of an engine operation. `message` is the text of the first error. */
export type Outcome = { ok: true } | { ok: false; message: string };

/**
 * Driver that makes the plugin calls of Pulumi's engine in `up`, `refresh` and `destroy` and keeps the state, without
 * the engine, so that a run takes milliseconds. It follows pkg/resource/deploy of pulumi 3.253: one plugin process per
 * operation, a diff after each read of a refresh, and a failed initialization stored with its errors.
 * driverConformance.engine.test.ts asserts that the real engine makes the same calls.
 */
export class Driver {
  state: State = {};
  /** Messages that the plugin logged. */
  readonly messages: string[] = [];
  private readonly listener: grpc.Server;
  private address = "";

  private constructor(
    private readonly plugin: () => Plugin<never>,
    private readonly settings: WireValue,
  ) {
    this.listener = new grpc.Server();
    this.listener.addService(EngineService, {
      log: (call: grpc.ServerUnaryCall<LogRequest, Empty>, done: grpc.sendUnaryData<Empty>) => {
        this.messages.push(call.request.getMessage());
        done(null, new Empty());
      },
    });
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

  /** Runs an update without a preview. */
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
        // The engine shows changes as the difference between the actual state and the declared inputs.
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

/** Returns the partial state that the error of a failed create or update reports. */
function initializationFailure(error: unknown): StoredResource | undefined {
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
      inputs: found.getInputs()?.toJavaScript() ?? {},
      outputs: found.getProperties()?.toJavaScript() ?? {},
      initErrors: found.getReasonsList(),
    };
  }
  return undefined;
}
