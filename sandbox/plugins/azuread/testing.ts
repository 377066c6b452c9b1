import { SECRET, SIGNATURE } from "../../../provider/host/signatures";
import { TestEngine, type WireValue, type WireDiff } from "../../../provider/host/testing";
import { azuread } from "./plugin";

/** What the tests need of a tenant; the Graph emulator's has more. */
interface Tenant {
  authority: { caPem: string };
  graph: { metadataHost: string; tenantId: string; deployer: Credentials };
}
interface Credentials {
  clientId: string;
  clientSecret: string;
}

export const secret = (value: unknown): unknown => ({ [SIGNATURE]: SECRET, value });

/** The plugin as an engine sees it, configured for a tenant as the SDK's Provider would. */
export async function connect(tenant: Tenant, credentials = tenant.graph.deployer): Promise<TestEngine> {
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

/** Configures a plugin for a tenant, with credentials of its own rather than those of the machine. */
export async function signIn(engine: TestEngine, tenant: Tenant, credentials = tenant.graph.deployer): Promise<void> {
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

/** One resource from program to service and back, as the engine goes about it. */
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

  /** What `up` would do with a program. */
  async plan(program: WireValue): Promise<WireDiff> {
    const news = await accepted(this.engine, this.token, program, this.inputs);
    return this.engine.diff(this.token, this.id, this.inputs, this.outputs, news);
  }

  async update(program: WireValue): Promise<void> {
    const news = await accepted(this.engine, this.token, program, this.inputs);
    this.outputs = await this.engine.update(this.token, this.id, this.inputs, this.outputs, news);
    this.inputs = news;
  }

  /** False: it is gone. */
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
