import { SECRET, SIGNATURE } from "@smallstep-ssh/usersync/host";
import { TestEngine, type WireValue, type WireDiff } from "@smallstep-ssh/usersync/testing";
import type { TestTenant } from "entra-emulator/testing";
import { azuread } from "./plugin";

export const secret = (value: unknown): unknown => ({ [SIGNATURE]: SECRET, value });

/** Starts the plugin and configures it for a tenant as the SDK's Provider does. */
export async function connect(tenant: TestTenant, credentials = tenant.graph.deployer): Promise<TestEngine> {
  const engine = await TestEngine.start(
    azuread({
      graph: {
        trust: tenant.authority.caPem,
        times: { firstMs: 1, maxRetryAfterMs: 2000, requestMs: 20_000 },
        env: {},
      },
      waits: { everyMs: 1, atMostMs: 5000 },
    }),
  );
  await signIn(engine, tenant, credentials);
  return engine;
}

/** Configures a plugin for a tenant with explicit credentials instead of those in the environment. */
export async function signIn(
  engine: TestEngine,
  tenant: TestTenant,
  credentials = tenant.graph.deployer,
): Promise<void> {
  const { metadataHost, tenantId } = tenant.graph;
  await engine.configure({
    environment: "public",
    useMsi: "false",
    tenantId,
    metadataHost,
    clientId: secret(credentials.clientId),
    clientSecret: secret(credentials.clientSecret),
  });
}

/** One resource that is managed with the calls of the engine. */
export class Managed {
  private constructor(
    private readonly engine: TestEngine,
    readonly token: string,
    readonly id: string,
    public inputs: WireValue,
    public outputs: WireValue,
  ) {}

  static async create(engine: TestEngine, token: string, program: WireValue): Promise<Managed> {
    const inputs = await accepted(engine, token, program);
    const { id, outputs } = await engine.create(token, inputs);
    return new Managed(engine, token, id, inputs, outputs);
  }

  /** Returns the changes that `up` plans for a program. */
  async plan(program: WireValue): Promise<WireDiff> {
    const news = await accepted(this.engine, this.token, program, this.inputs);
    return this.engine.diff(this.token, this.id, this.inputs, this.outputs, news);
  }

  async update(program: WireValue): Promise<void> {
    const news = await accepted(this.engine, this.token, program, this.inputs);
    this.outputs = await this.engine.update(this.token, this.id, this.inputs, this.outputs, news);
    this.inputs = news;
  }

  /** Reads the resource. Returns `false` if it no longer exists. */
  async refresh(): Promise<boolean> {
    const found = await this.engine.read(this.token, this.id, this.inputs, this.outputs);
    if (found.id === "") return false;
    this.inputs = found.inputs;
    this.outputs = found.outputs;
    return true;
  }

  async delete(): Promise<void> {
    await this.engine.delete(this.token, this.id, this.inputs, this.outputs);
  }
}

async function accepted(
  engine: TestEngine,
  token: string,
  program: WireValue,
  olds: WireValue = {},
): Promise<WireValue> {
  const { inputs, failures } = await engine.check(token, program, olds);
  if (failures.length > 0) throw new Error(JSON.stringify(failures));
  return inputs;
}
