import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import * as grpc from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import { InputPropertiesError } from "@pulumi/pulumi/proto/errors_pb";
import { PluginAttach } from "@pulumi/pulumi/proto/plugin_pb";
import {
  CheckRequest,
  ConfigureRequest,
  DiffRequest,
  DiffResponse,
  ErrorResourceInitFailed,
  GetSchemaRequest,
  ProviderHandshakeRequest,
  type CheckResponse,
  type GetSchemaResponse,
  type ProviderHandshakeResponse,
} from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { diffInputs } from "./diff";
import { SECRET, SIGNATURE, UNKNOWN_VALUE } from "./signatures";
import { TestEngine, struct } from "./testing";
import { type CallContext, type Plugin, type PropertyMap, InputErrors, PartialFailure, UNKNOWN } from "./types";

const secret = (value: unknown) => ({ [SIGNATURE]: SECRET, value });
const NOTE = "test:index:Note";

interface Config {
  settings: PropertyMap;
}

/** Creates a plugin with a store of notes. Its handler shows each behaviour that a handler may have. */
function notes() {
  const store = new Map<string, PropertyMap>();
  const calls: { name: string; args: unknown }[] = [];
  const record = (name: string, args: unknown) => calls.push({ name, args });
  const plugin: Plugin<Config> = {
    name: "test",
    version: "1.2.3",
    schema: {
      name: "test",
      provider: {
        inputProperties: { endpoint: { type: "string" }, retry: { type: "boolean" }, database: { type: "object" } },
      },
    },
    configure: (settings) => Promise.resolve({ settings }),
    checkConfig: (news) =>
      Promise.resolve({
        inputs: { retry: true, ...news },
        failures: news["endpoint"] === "bad" ? [{ property: "endpoint", reason: "must be a URL" }] : [],
      }),
    diffConfig: (olds, news) => Promise.resolve(diffInputs(olds, news, { replaceOn: ["endpoint"] })),
    resources: {
      [NOTE]: {
        secretOutputs: ["key", "made.token"],
        check: (_ctx, args) => {
          record("check", args);
          const failures = args.news["text"] === undefined ? [{ property: "text", reason: "is required" }] : [];
          return Promise.resolve({ inputs: { colour: "white", ...args.news }, failures });
        },
        diff: (_ctx, args) => {
          record("diff", args);
          return Promise.resolve({
            ...diffInputs(args.oldInputs, args.newInputs, { replaceOn: ["name"] }),
            stables: ["key"],
          });
        },
        create: async (ctx, args) => {
          record("create", args);
          if (args.preview) return { id: "", outputs: { ...args.inputs, key: UNKNOWN } };
          if (args.inputs["text"] === "wait") await new Promise((_, reject) => onAbort(ctx, reject));
          if (args.inputs["text"] === "refuse") throw new InputErrors([{ property: "a.b", reason: "no s3cret-word" }]);
          if (args.inputs["text"] === "break")
            throw new Error(`Could not log in with ${String(args.inputs["password"])}.`);
          if (args.inputs["text"] === "long") throw new Error(String(args.inputs["reason"]));
          if (args.inputs["text"] === "many") {
            const reason = String(args.inputs["reason"]);
            throw new InputErrors(Array.from({ length: 1000 }, (_, index) => ({ property: `a[${index}]`, reason })));
          }
          if (args.inputs["text"] === "half") throw new PartialFailure("half done", "n-1", args.inputs, args.inputs);
          ctx.log("warning", `created with ${String(args.inputs["password"])}`);
          store.set("n-1", args.inputs);
          return { id: "n-1", outputs: { ...args.inputs, key: "k", made: { token: "t", open: "o" } } };
        },
        read: (_ctx, args) => {
          record("read", args);
          const note = store.get(args.id);
          return Promise.resolve(note && { id: args.id, inputs: note, outputs: { ...note, key: "k" } });
        },
        update: (_ctx, args) => {
          record("update", args);
          return Promise.resolve({ outputs: { ...args.newInputs, key: "k" } });
        },
        delete: (_ctx, args) => {
          record("delete", args);
          store.delete(args.id);
          return Promise.resolve();
        },
      },
    },
    functions: {
      "test:index:whoami": {
        secretOutputs: ["token"],
        invoke: (ctx, args) => {
          if (args["who"] === undefined) throw new InputErrors([{ property: "who", reason: "is required" }]);
          return Promise.resolve({ who: args["who"], token: "tok", endpoint: ctx.config.settings["endpoint"] });
        },
      },
    },
  };
  return { plugin, store, calls };
}

function onAbort(ctx: CallContext<Config>, reject: (reason: unknown) => void): void {
  ctx.signal.addEventListener("abort", () => reject(ctx.signal.reason));
}

function details(error: grpc.ServiceError): { type: string; bytes: Uint8Array } {
  const [header] = error.metadata.get("grpc-status-details-bin");
  const [packed] = Status.deserializeBinary(header as Buffer).getDetailsList();
  if (packed === undefined) throw new Error("no details");
  return { type: packed.getTypeName(), bytes: packed.getValue_asU8() };
}

const failure = async (promise: Promise<unknown>): Promise<grpc.ServiceError> =>
  promise.then(
    () => expect.fail("should have failed"),
    (error: grpc.ServiceError) => error,
  );

let harness: ReturnType<typeof notes>;
let engine: TestEngine;

beforeEach(async () => {
  harness = notes();
  engine = await TestEngine.start(harness.plugin);
});
afterEach(() => engine.close());

describe("provider settings", () => {
  it("reads settings from args, unwraps secrets, parses text as JSON by type and drops the version", async () => {
    const answer = await engine.configure({
      endpoint: secret("https://x"),
      retry: "true",
      database: '{"port":1}',
      version: "1.0.0",
    });
    expect(answer).toEqual({ acceptSecrets: true, supportsPreview: true });
    const { result } = await engine.invoke("test:index:whoami", { who: "me" });
    expect(result).toEqual({ who: "me", token: secret("tok"), endpoint: "https://x" });
  });

  it("reads settings from the variables of an older engine", async () => {
    const request = new ConfigureRequest();
    request.getVariablesMap().set("test:config:endpoint", "https://old");
    await engine.call((done) => engine.raw.configure(request, done));
    expect((await engine.invoke("test:index:whoami", { who: "me" })).result["endpoint"]).toBe("https://old");
  });

  it("stays unconfigured while settings are unknown and reports that for a call", async () => {
    await engine.configure({ endpoint: UNKNOWN_VALUE });
    const error = await failure(engine.invoke("test:index:whoami", { who: "me" }));
    expect(error.details).toBe("The test provider has not been configured.");
  });

  it("leaves the diff of settings to the engine unless the plugin implements diffConfig", async () => {
    const request = new DiffRequest();
    request.setOldInputs(struct({ endpoint: "https://x" }));
    request.setNews(struct({ endpoint: "https://y" }));
    const changed = (side: TestEngine) =>
      side.call<DiffResponse>((done) => side.raw.diffConfig(request, done)).then((response) => response.getChanges());
    expect(await changed(engine)).toBe(DiffResponse.DiffChanges.DIFF_SOME);
    const { diffConfig: _left, ...plain } = harness.plugin;
    const other = await TestEngine.start(plain);
    expect(await changed(other)).toBe(DiffResponse.DiffChanges.DIFF_UNKNOWN);
    other.close();
  });

  it("checks the settings and returns the version unchanged", async () => {
    const request = new CheckRequest();
    request.setNews(struct({ endpoint: "bad", version: "1.0.0" }));
    const response = await engine.call<CheckResponse>((done) => engine.raw.checkConfig(request, done));
    expect(response.getInputs()?.toJavaScript()).toEqual({ endpoint: "bad", retry: true, version: "1.0.0" });
    expect(response.getFailuresList().map((f) => [f.getProperty(), f.getReason()])).toEqual([
      ["endpoint", "must be a URL"],
    ]);
  });
});

describe("resource calls", () => {
  beforeEach(() => engine.configure({}));

  it("checks inputs: adds defaults, keeps secrets and unknowns, and reports all failures", async () => {
    const { inputs, failures } = await engine.check(NOTE, { password: secret("s3cret-word"), name: UNKNOWN_VALUE });
    expect(inputs).toEqual({ password: secret("s3cret-word"), name: UNKNOWN_VALUE, colour: "white" });
    expect(failures).toEqual([{ property: "text", reason: "is required" }]);
    expect(harness.calls[0]?.args).toMatchObject({ news: { password: "s3cret-word", name: UNKNOWN } });
  });

  it("returns a detailed diff with the properties that replace the resource", async () => {
    const olds = { text: secret("a"), name: "x", tags: { one: "1" } };
    const diff = await engine.diff(NOTE, "n-1", olds, {}, { text: "b", name: "y", tags: { one: "1", two: "2" } });
    expect(diff).toEqual({
      changes: "some",
      detailed: {
        text: { kind: 4, inputDiff: true },
        name: { kind: 5, inputDiff: true },
        "tags.two": { kind: 0, inputDiff: true },
      },
      replaces: ["name"],
      stables: ["key"],
      deleteBeforeReplace: false,
    });
    expect((await engine.diff(NOTE, "n-1", { text: secret("a") }, {}, { text: "a" })).changes).toBe("none");
  });

  it("marks as secret only secret inputs and the handler's secretOutputs when it creates a resource", async () => {
    const created = await engine.create(NOTE, {
      text: "hi",
      password: secret("s3cret-word"),
      deep: { p: secret("x") },
    });
    expect(created).toEqual({
      id: "n-1",
      outputs: {
        text: "hi",
        password: secret("s3cret-word"),
        deep: { p: secret("x") },
        key: secret("k"),
        made: { token: secret("t"), open: "o" },
      },
    });
  });

  it("previews a create with unknowns, without an id and without a change", async () => {
    const created = await engine.create(NOTE, { text: UNKNOWN_VALUE }, { preview: true });
    expect(created).toEqual({ id: "", outputs: { text: UNKNOWN_VALUE, key: secret(UNKNOWN_VALUE) } });
    expect(harness.store.size).toBe(0);
  });

  it("reads inputs and outputs with their secrets, or an empty id when the resource no longer exists", async () => {
    const inputs = { text: "hi", password: secret("s3cret-word") };
    await engine.create(NOTE, inputs);
    expect(await engine.read(NOTE, "n-1", inputs, inputs)).toEqual({
      id: "n-1",
      inputs: { text: "hi", password: secret("s3cret-word") },
      outputs: { text: "hi", password: secret("s3cret-word"), key: secret("k") },
    });
    expect(await engine.read(NOTE, "n-2", inputs, inputs)).toEqual({ id: "", inputs: {}, outputs: {} });
  });

  it("passes old inputs and old outputs separately to an update", async () => {
    const outputs = await engine.update(NOTE, "n-1", { text: "a" }, { text: "a", key: "k" }, { text: secret("b") });
    expect(outputs).toEqual({ text: secret("b"), key: secret("k") });
    expect(harness.calls.at(-1)?.args).toMatchObject({
      oldInputs: { text: "a" },
      oldOutputs: { text: "a", key: "k" },
      newInputs: { text: "b" },
      preview: false,
    });
  });

  it("deletes a resource", async () => {
    await engine.create(NOTE, { text: "hi" });
    await engine.delete(NOTE, "n-1", { text: "hi" }, { text: "hi" });
    expect(harness.store.size).toBe(0);
  });

  it("reports an unknown resource type and ignores the types of parents", async () => {
    const error = await failure(engine.check("test:index:Nothing", {}));
    expect(error.details).toBe("The test provider has no resource type test:index:Nothing.");
    await expect(engine.check(`my:component:Thing$${NOTE}`, { text: "a" })).resolves.toMatchObject({ failures: [] });
  });
});

describe("error responses", () => {
  beforeEach(() => engine.configure({ password: secret("s3cret-word") }));

  it("redacts secrets in error messages", async () => {
    const error = await failure(engine.create(NOTE, { text: "break", password: secret("other-secret") }));
    expect(error.details).toBe("Could not log in with [secret].");
    expect(error.code).toBe(grpc.status.UNKNOWN);
  });

  it("names each property in an input error", async () => {
    const error = await failure(engine.create(NOTE, { text: "refuse" }));
    expect(error.code).toBe(grpc.status.INVALID_ARGUMENT);
    const { type, bytes } = details(error);
    expect(type).toBe("pulumirpc.InputPropertiesError");
    const errors = InputPropertiesError.deserializeBinary(bytes).getErrorsList();
    expect(errors.map((e) => [e.getPropertyPath(), e.getReason()])).toEqual([["a.b", "no [secret]"]]);
  });

  it("returns id, outputs and inputs of a partly failed create, so that nothing is orphaned", async () => {
    const inputs = { text: "half", password: secret("other-secret") };
    const { type, bytes } = details(await failure(engine.create(NOTE, inputs)));
    expect(type).toBe("pulumirpc.ErrorResourceInitFailed");
    const detail = ErrorResourceInitFailed.deserializeBinary(bytes);
    expect(detail.getId()).toBe("n-1");
    expect(detail.getReasonsList()).toEqual(["half done"]);
    expect(detail.getProperties()?.toJavaScript()).toEqual(inputs);
    expect(detail.getInputs()?.toJavaScript()).toEqual(inputs);
  });

  /** Text that neither gRPC nor HTTP/2 can compress. */
  const random = (length: number) => randomBytes(length).toString("base64").slice(0, length);

  it.each([
    ["ASCII", random(10_241), 10_240],
    ["characters of two units", "\u{1f600}".repeat(854), 1706],
    ["non-ASCII characters", "\u00e9".repeat(1707), 1706],
    ["a megabyte", random(1_000_000), 10_240],
  ])("shortens a message that does not fit into the trailers: %s", async (_what, reason, most) => {
    const fits = reason.slice(0, most);
    expect((await failure(engine.create(NOTE, { text: "long", reason: fits }))).details).toBe(fits);
    const { details: shortened } = await failure(engine.create(NOTE, { text: "long", reason }));
    expect(shortened).toBe(`${fits}... (the first ${most} of ${reason.length} characters)`);
  });

  it("returns only the message of an input error whose properties do not fit into the trailers", async () => {
    const error = await failure(engine.create(NOTE, { text: "many", reason: random(1000) }));
    expect(error.code).toBe(grpc.status.INVALID_ARGUMENT);
    expect(error.details).toMatch(/^a\[0\]: .*characters\)$/s);
    expect(error.metadata.get("grpc-status-details-bin")).toEqual([]);
  });

  it.each([
    [16_000, { inputs: true }],
    [35_000, { inputs: false }],
    [40_000, undefined],
    [1_000_000, undefined],
  ])("returns those details of a partly failed create that fit into the trailers: %i bytes", async (size, expected) => {
    const inputs = { text: "half", body: random(size) };
    const error = await failure(engine.create(NOTE, inputs));
    expect(error.details).toBe("half done");
    if (expected === undefined) return expect(error.metadata.get("grpc-status-details-bin")).toEqual([]);
    const detail = ErrorResourceInitFailed.deserializeBinary(details(error).bytes);
    expect(detail.getId()).toBe("n-1");
    expect(detail.getProperties()?.toJavaScript()).toEqual(inputs);
    expect(detail.getInputs()?.toJavaScript()).toEqual(expected.inputs ? inputs : undefined);
  });

  it("returns invalid function arguments as failures", async () => {
    const { failures } = await engine.invoke("test:index:whoami", {});
    expect(failures).toEqual([{ property: "who", reason: "is required" }]);
  });

  it("reports cancellation when the engine cancels an operation", async () => {
    const creating = failure(engine.create(NOTE, { text: "wait" }));
    while (harness.calls.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await engine.cancel();
    const error = await creating;
    expect([error.code, error.details]).toEqual([grpc.status.CANCELLED, "The operation was cancelled."]);
  });
});

describe("engine connection", () => {
  it("returns the plugin's version, schema and supported features", async () => {
    const info = await engine.call<{ getVersion(): string }>((done) => engine.raw.getPluginInfo(new Empty(), done));
    expect(info.getVersion()).toBe("1.2.3");
    const schema = await engine.call<GetSchemaResponse>((done) => engine.raw.getSchema(new GetSchemaRequest(), done));
    expect(JSON.parse(schema.getSchema())).toEqual(harness.plugin.schema);
    const hello = await engine.call<ProviderHandshakeResponse>((done) =>
      engine.raw.handshake(new ProviderHandshakeRequest(), done),
    );
    expect([hello.getAcceptSecrets(), hello.getAcceptResources(), hello.getAcceptOutputs()]).toEqual([
      true,
      true,
      true,
    ]);
  });

  it("sends redacted log lines for the resource to the engine before the response", async () => {
    const lines: string[] = [];
    const server = new grpc.Server();
    server.addService(EngineService, {
      log: (call: { request: LogRequest }, done: grpc.sendUnaryData<Empty>) => {
        const { severity, message, urn } = call.request.toObject();
        lines.push(`${severity} ${urn} ${message}`);
        done(null, new Empty());
      },
    });
    const port = await new Promise<number>((resolve, reject) => {
      const credentials = grpc.ServerCredentials.createInsecure();
      server.bindAsync("127.0.0.1:0", credentials, (error, bound) => (error ? reject(error) : resolve(bound)));
    });
    const attach = new PluginAttach();
    attach.setAddress(`127.0.0.1:${port}`);
    await engine.call<Empty>((done) => engine.raw.attach(attach, done));
    await engine.configure({});
    await engine.create(NOTE, { text: "hi", password: secret("s3cret-word") });
    expect(lines).toEqual([`2 urn:pulumi:dev::test::${NOTE}::it created with [secret]`]);
    server.forceShutdown();
  });
});

describe("serve", () => {
  it("prints only its port and exits when the engine's pipe closes", async () => {
    const dir = mkdtempSync(join(tmpdir(), "plugin-"));
    const program = join(dir, "plugin.cjs");
    writeFileSync(
      program,
      `const { serve } = require(${JSON.stringify(join(__dirname, "serve"))});
       serve({ name: "test", version: "1.0.0", resources: {}, configure: async () => ({}) });`,
    );
    const child = spawn(process.execPath, ["--conditions=source", "--import", "tsx", program, "127.0.0.1:1"], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const lines = createInterface({ input: child.stdout });
    const port = await new Promise<string>((resolve) => lines.once("line", resolve));
    const side = new TestEngine({ port: Number(port), close: () => undefined });
    const info = await side.call<{ getVersion(): string }>((done) => side.raw.getPluginInfo(new Empty(), done));
    expect(info.getVersion()).toBe("1.0.0");
    side.close();
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.stdin.end();
    expect(await ended).toBe(0);
    rmSync(dir, { recursive: true });
  });
});
