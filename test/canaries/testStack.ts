import { callbackify } from "node:util";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import * as pulumi from "@pulumi/pulumi";
import * as proto from "@pulumi/pulumi/proto/resource_pb";
import { getMonitor } from "@pulumi/pulumi/runtime/settings";
import { step } from "@smallstep-ssh/cli/testing";
import { azuread, random } from "@smallstep-ssh/plugin-stand-ins";
import { deploy, type PreviewReview } from "@smallstep-ssh/stack";
import { setMocks, valueIfKnown } from "@smallstep-ssh/stack/testing";
import { SECRET, SIGNATURE } from "@smallstep-ssh/usersync/host";
import { usersync } from "@smallstep-ssh/usersync/plugin";
import { struct, TestEngine, type WireValue } from "@smallstep-ssh/usersync/testing";

export const project = "smallstep-ssh-azuread";
export const times = { firstMs: 1, maxRetryAfterMs: 2000, requestMs: 20_000 };

interface Resource {
  type: string;
  name: string;
  id: string;
  inputs: WireValue;
  outputs: WireValue;
}

/**
 * Runs the stack's program in this process with the plugins usersync, azuread and random. Objects of Kubernetes and
 * PostgreSQL are only recorded. The first run creates the resources. A later run is a preview.
 */
export class TestStack {
  private readonly resources = new Map<string, Resource>();
  /** Changes that a preview or a refresh has found, as the engine reports them. */
  readonly events: EngineEvent[] = [];

  private constructor(
    private readonly plugins: Readonly<Record<string, TestEngine>>,
    private readonly show: (place: string, text: string) => void,
  ) {}

  /** @param show receives each text that a user sees, and its place */
  static async start(trust: string, show: TestStack["show"]): Promise<TestStack> {
    const graph = { trust, times, env: {} };
    const retryDelays = { visibilityDelays: [], start: [] };
    const plugins = {
      usersync: await TestEngine.start(usersync({ graph, retryDelays })),
      azuread: await TestEngine.start(azuread({ graph, waits: { everyMs: 1, atMostMs: 5000 } })),
      random: await TestEngine.start(random()),
    };
    // The program declares no provider for it.
    await plugins.random.configure({});
    return new TestStack(plugins, show);
  }

  close(): void {
    for (const plugin of Object.values(this.plugins)) plugin.close();
  }

  /** Runs the program and returns its outputs. @throws RunError */
  async run(config: Record<string, string>, review?: PreviewReview): Promise<Record<string, unknown>> {
    const unused = () => Promise.reject(new Error("The methods below replace the mocks."));
    await setMocks({ newResource: unused, call: unused }, project, "prod", this.resources.size > 0);
    // The mocks get an object as secret as a whole if one of its values is. The engine gets the values as they are.
    const monitor = getMonitor() as unknown as Record<string, unknown>;
    monitor["registerResource"] = callbackify((request: proto.RegisterResourceRequest) => this.register(request));
    monitor["registerResourceOutputs"] = callbackify(() => Promise.resolve({}));
    monitor["invoke"] = callbackify((request: proto.ResourceInvokeRequest) => this.invoke(request));
    pulumi.runtime.setAllConfig(config, Object.keys(config));
    const outputs = Object.entries(await deploy(review === undefined ? {} : { review }));
    const values = await Promise.all(
      outputs.map(async ([name, value]) => {
        const output = pulumi.output(value);
        return [name, await valueIfKnown(output), await pulumi.isSecret(output)] as const;
      }),
    );
    // Registration continues after the outputs are known.
    for (let seen = -1; seen !== this.resources.size;) {
      seen = this.resources.size;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    this.show("stack outputs", shown(values.map(([name, value, isSecret]) => (isSecret ? name : [name, value]))));
    return Object.fromEntries(values.map(([name, value]) => [name, value]));
  }

  private async register(request: proto.RegisterResourceRequest): Promise<proto.RegisterResourceResponse> {
    const [type, name] = [request.getType(), request.getName()];
    const inputs = request.getObject()?.toJavaScript() ?? {};
    const { id, outputs } = await this.step({ type, name, id: name, inputs, outputs: inputs });
    const response = new proto.RegisterResourceResponse();
    response.setUrn(`urn:pulumi:prod::${project}::${type}::${name}`);
    response.setId(id);
    response.setObject(struct(outputs));
    return response;
  }

  private async step(declared: Resource): Promise<Pick<Resource, "id" | "outputs">> {
    const { type, name, inputs } = declared;
    const provider = /^pulumi:providers:(.*)$/.exec(type)?.[1];
    const plugin = this.plugins[provider ?? type.split(":")[0] ?? ""];
    if (provider !== undefined) await plugin?.configure(inputs);
    const key = `${type}::${name}`;
    const old = this.resources.get(key);
    const isPreview = pulumi.runtime.isDryRun();
    try {
      if (provider !== undefined || plugin === undefined) return this.store(key, declared);
      const checked = await plugin.check(type, inputs, old?.inputs);
      if (checked.failures.length > 0) throw new Error(JSON.stringify(checked.failures));
      if (old !== undefined) {
        await this.compare(old, old.inputs, checked.inputs);
        return old;
      }
      const created = await plugin.create(type, checked.inputs, { preview: isPreview });
      return isPreview ? created : this.store(key, { ...declared, ...created, inputs: checked.inputs });
    } catch (error) {
      if (!isPreview) throw error;
      this.show("errors", textOf(error));
      return old ?? declared;
    }
  }

  private store(key: string, resource: Resource): Resource {
    this.resources.set(key, resource);
    this.show(`state of ${resource.type}`, shown(resource));
    return resource;
  }

  private async compare({ type, name, id, outputs }: Resource, old: WireValue, now: WireValue): Promise<void> {
    const { detailed } = await this.plugins[type.split(":")[0]!]!.diff(type, id, old, outputs, now);
    const kinds = ["add", "add-replace", "delete", "delete-replace", "update", "update-replace"];
    const found = Object.entries(detailed);
    if (found.length === 0) return;
    const diff = found.map(([at, { kind, inputDiff }]) => [at, { diffKind: kinds[kind]!, inputDiff }] as const);
    this.events.push(step({ op: "update", type, name, old, now, diff: Object.fromEntries(diff) }));
  }

  private async invoke(request: proto.ResourceInvokeRequest): Promise<proto.ResourceInvokeResponse> {
    const token = request.getTok();
    const args = request.getArgs()?.toJavaScript() ?? {};
    const answer = await this.attempt(() => this.plugins[token.split(":")[0]!]!.invoke(token, args));
    this.show(`result of ${token.split(":").at(-1)}`, shown(answer));
    const [failure] = answer.failures;
    if (failure !== undefined) throw new Error(`${failure.property}: ${failure.reason}`);
    const response = new proto.ResourceInvokeResponse();
    response.setReturn(struct(answer.result));
    return response;
  }

  /** Reads each resource of usersync, as a refresh does. */
  async refresh(): Promise<void> {
    await this.each(async (plugin, key, one) => {
      const read = await plugin.read(one.type, one.id, one.inputs, one.outputs);
      await this.compare(one, one.inputs, read.inputs);
      this.store(key, { ...one, ...read });
    });
  }

  /** Performs each operation of each resource of usersync with changed inputs. Shows the results and the errors. */
  async operate(change: (values: WireValue) => WireValue): Promise<void> {
    await this.each(async (plugin, _, { type, id, inputs, outputs }) => {
      const [news, state] = [change(inputs), change(outputs)];
      for (const operation of [
        () => plugin.check(type, news, inputs),
        () => plugin.diff(type, id, inputs, outputs, news),
        () => plugin.create(type, news),
        () => plugin.read(type, id, news, state),
        () => plugin.update(type, id, inputs, outputs, news),
        () => plugin.delete(type, id, news, state),
      ]) {
        const result = await this.attempt<unknown>(operation).catch(() => undefined);
        this.show(`state of ${type}`, shown(result));
      }
    });
  }

  private async each(work: (plugin: TestEngine, key: string, one: Resource) => Promise<void>): Promise<void> {
    for (const [key, one] of this.resources) {
      if (one.type.startsWith("usersync:")) await work(this.plugins["usersync"]!, key, one);
    }
  }

  private attempt<T>(operation: () => Promise<T>): Promise<T> {
    return operation().catch((error: unknown) => {
      this.show("errors", textOf(error));
      throw error;
    });
  }
}

/** Returns whether a value is a secret on the wire. */
export function isSecret(value: unknown): value is WireValue {
  return (value as WireValue | null | undefined)?.[SIGNATURE] === SECRET;
}

/** Returns a value as the engine shows it: without secrets. The Job's program is omitted, because it is constant. */
function shown(value: unknown): string {
  const hide = (_: string, one: unknown) => {
    if (typeof one === "string" && one.length > 50_000) return "[program]";
    return isSecret(one) ? "[secret]" : one;
  };
  return JSON.stringify(value, hide) ?? "";
}

/** Returns the message of a plugin's error with its details, which hold the state of a resource that exists in part. */
function textOf(error: unknown): string {
  const { details, metadata } = error as { details?: string; metadata?: { get(name: string): (string | Buffer)[] } };
  return [details ?? String(error), ...(metadata?.get("grpc-status-details-bin") ?? [])].join("\n");
}
