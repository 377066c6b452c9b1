import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import {
  CheckRequest,
  ConfigureRequest,
  CreateRequest,
  DeleteRequest,
  DiffRequest,
  InvokeRequest,
  ReadRequest,
  UpdateRequest,
  type CheckResponse,
  type ConfigureResponse,
  type CreateResponse,
  type DiffResponse,
  type InvokeResponse,
  type ReadResponse,
  type UpdateResponse,
} from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";

import { type RunningPlugin, listen } from "./serve";
import type { CheckFailure, Plugin } from "./types";

/** Values in wire form. Tests encode secrets and unknowns like the engine. */
export type WireValue = Record<string, unknown>;

export interface WireDiff {
  changes: "none" | "some" | "unknown";
  detailed: Record<string, { kind: number; inputDiff: boolean }>;
  replaces: string[];
  stables: string[];
  deleteBeforeReplace: boolean;
}

/** Sends the engine's requests to a plugin over a real gRPC connection. For tests. */
export class TestEngine {
  readonly raw: ResourceProviderClient;

  constructor(
    private readonly running: RunningPlugin,
    private readonly urnOf: (token: string) => string = (token) => `urn:pulumi:dev::test::${token}::it`,
  ) {
    this.raw = new ResourceProviderClient(`127.0.0.1:${running.port}`, grpc.credentials.createInsecure());
  }

  static async start<Config>(plugin: Plugin<Config>): Promise<TestEngine> {
    return new TestEngine(await listen(plugin));
  }

  close(): void {
    this.raw.close();
    this.running.close();
  }

  async configure(args: WireValue): Promise<{ acceptSecrets: boolean; supportsPreview: boolean }> {
    const request = new ConfigureRequest();
    request.setArgs(struct(args));
    // Like the engine. Without this flag, plugins bridged from Terraform return secrets in clear text.
    request.setAcceptsecrets(true);
    request.setAcceptresources(true);
    const response = await this.call<ConfigureResponse>((done) => this.raw.configure(request, done));
    return { acceptSecrets: response.getAcceptsecrets(), supportsPreview: response.getSupportspreview() };
  }

  async check(
    token: string,
    news: WireValue,
    olds: WireValue = {},
  ): Promise<{ inputs: WireValue; failures: CheckFailure[] }> {
    const request = new CheckRequest();
    request.setUrn(this.urnOf(token));
    request.setNews(struct(news));
    request.setOlds(struct(olds));
    const response = await this.call<CheckResponse>((done) => this.raw.check(request, done));
    const failures = response.getFailuresList().map((f) => ({ property: f.getProperty(), reason: f.getReason() }));
    return { inputs: plain(response.getInputs()), failures };
  }

  async diff(
    token: string,
    id: string,
    oldInputs: WireValue,
    oldOutputs: WireValue,
    news: WireValue,
  ): Promise<WireDiff> {
    const request = new DiffRequest();
    request.setUrn(this.urnOf(token));
    request.setId(id);
    request.setOldInputs(struct(oldInputs));
    request.setOlds(struct(oldOutputs));
    request.setNews(struct(news));
    const response = await this.call<DiffResponse>((done) => this.raw.diff(request, done));
    const detailed: WireDiff["detailed"] = {};
    response.getDetaileddiffMap().forEach((diff, path) => {
      detailed[path] = { kind: diff.getKind(), inputDiff: diff.getInputdiff() };
    });
    return {
      changes: (["unknown", "none", "some"] as const)[response.getChanges()],
      detailed,
      replaces: response.getReplacesList(),
      stables: response.getStablesList(),
      deleteBeforeReplace: response.getDeletebeforereplace(),
    };
  }

  async create(token: string, inputs: WireValue, options: { preview?: boolean; timeout?: number } = {}) {
    const request = new CreateRequest();
    request.setUrn(this.urnOf(token));
    request.setProperties(struct(inputs));
    request.setPreview(options.preview ?? false);
    request.setTimeout(options.timeout ?? 0);
    const response = await this.call<CreateResponse>((done) => this.raw.create(request, done));
    return { id: response.getId(), outputs: plain(response.getProperties()) };
  }

  async read(token: string, id: string, inputs?: WireValue, outputs: WireValue = {}) {
    const request = new ReadRequest();
    request.setUrn(this.urnOf(token));
    request.setId(id);
    if (inputs !== undefined) request.setInputs(struct(inputs));
    request.setProperties(struct(outputs));
    const response = await this.call<ReadResponse>((done) => this.raw.read(request, done));
    return { id: response.getId(), inputs: plain(response.getInputs()), outputs: plain(response.getProperties()) };
  }

  async update(
    token: string,
    id: string,
    oldInputs: WireValue,
    oldOutputs: WireValue,
    news: WireValue,
    options: { preview?: boolean } = {},
  ): Promise<WireValue> {
    const request = new UpdateRequest();
    request.setUrn(this.urnOf(token));
    request.setId(id);
    request.setOldInputs(struct(oldInputs));
    request.setOlds(struct(oldOutputs));
    request.setNews(struct(news));
    request.setPreview(options.preview ?? false);
    const response = await this.call<UpdateResponse>((done) => this.raw.update(request, done));
    return plain(response.getProperties());
  }

  async delete(token: string, id: string, inputs: WireValue, outputs: WireValue): Promise<void> {
    const request = new DeleteRequest();
    request.setUrn(this.urnOf(token));
    request.setId(id);
    request.setOldInputs(struct(inputs));
    request.setProperties(struct(outputs));
    await this.call<Empty>((done) => this.raw.delete(request, done));
  }

  async invoke(token: string, args: WireValue): Promise<{ result: WireValue; failures: CheckFailure[] }> {
    const request = new InvokeRequest();
    request.setTok(token);
    request.setArgs(struct(args));
    const response = await this.call<InvokeResponse>((done) => this.raw.invoke(request, done));
    const failures = response.getFailuresList().map((f) => ({ property: f.getProperty(), reason: f.getReason() }));
    return { result: plain(response.getReturn()), failures };
  }

  async cancel(): Promise<void> {
    await this.call<Empty>((done) => this.raw.cancel(new Empty(), done));
  }

  call<T>(send: (done: (error: grpc.ServiceError | null, response: T) => void) => unknown): Promise<T> {
    return new Promise((resolve, reject) => {
      send((error, response) => {
        if (error === null) resolve(response);
        else reject(error);
      });
    });
  }
}

export function struct(values: WireValue): Struct {
  return Struct.fromJavaScript(values as Record<string, JavaScriptValue>);
}

function plain(values: Struct | undefined): WireValue {
  return values === undefined ? {} : values.toJavaScript();
}
