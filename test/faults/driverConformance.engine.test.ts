import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LoggedRequest, RequestMatcher } from "entra-emulator";
import { startCluster, type Cluster, findEngine, controlPlaneProblem } from "@smallstep-ssh/sandbox";
import { station } from "./crash/cases";
import { startCrashEnvironment, type CrashEnvironment } from "./crash/environment";
import { observePhases, runAll } from "./graph/cases";
import { kinds, type Kind } from "./graph/kinds";
import { editMapping } from "./graph/environment";

/**
 * Selects the requests that only our plugin sends, by the end of their path, because the azuread stand-in sends job
 * requests too. The result is sorted, because the engine processes independent resources in parallel.
 */
const ownRequests = (requests: readonly LoggedRequest[]): string[] =>
  requests
    .flatMap(({ method, path: address }) => {
      const end = /\/jobs\/[^/]+\/(schema|validateCredentials|start|restart|pause)$/.exec(address)?.[1];
      return end === undefined ? [] : [`${method} ${end}`];
    })
    .sort();

/** Selects the request that receives a fault: one request of an `up` that resets a mapping and restarts the job. */
function strikes(kind: Kind): { method: string; end: string } {
  if (kind.name === "job start rejected temporarily") return { method: "POST", end: "/start" };
  const isRead = kind.name === "stale read" || kind.name === "truncated JSON";
  return { method: isRead ? "GET" : "PUT", end: "/schema" };
}

describe("fault-test driver compared with the real engine", () => {
  const once = kinds.filter(({ times }) => times !== Infinity);
  let missing: string | undefined;
  let dir = "";
  let cluster: Cluster;
  let environment: CrashEnvironment;
  beforeAll(async () => {
    const engine = await findEngine();
    missing = typeof engine === "string" ? engine : await controlPlaneProblem();
    if (missing !== undefined || typeof engine === "string") return;
    dir = await mkdtemp(path.join(tmpdir(), "faithful-"));
    cluster = await startCluster({ dir, progress: () => undefined });
    environment = await startCrashEnvironment(engine, cluster, "faithful");
  });
  afterAll(async () => {
    await environment?.close();
    await cluster?.close();
    if (dir !== "") await rm(dir, { recursive: true, force: true });
  });

  it("sends the same requests and reaches the same outcome for every fault", { timeout: 900_000 }, async (context) => {
    if (missing !== undefined) return context.skip(missing);
    const { graph, engine } = environment;
    const run = async (operation: () => Promise<{ code: number | null; output: string }>) => {
      graph.requests.clear();
      const { code, output } = await operation();
      return { ok: code === 0, output, requests: ownRequests(graph.requests.all()) };
    };
    const must = async (operation: () => Promise<{ code: number | null; output: string }>) => {
      const done = await run(operation);
      expect(done.ok, done.output).toBe(true);
      return done.requests;
    };

    const up = await must(() => engine.up());
    const [record] = graph.state.jobs.values();
    editMapping(record ?? expect.fail("The tenant has no synchronization job."));
    const refresh = await must(() => engine.refresh());
    const refreshed = await station(environment, "refreshed");
    const upAfterDrift = await must(() => engine.up());

    const outcomes: Record<string, boolean> = {};
    for (const kind of once) {
      await refreshed.restore();
      const { method, end } = strikes(kind);
      const matcher: RequestMatcher = { method, path: new RegExp(`${end}$`) };
      const injected = graph.faults.inject(matcher, kind.fault(0), { times: kind.times ?? 1 });
      const done = await run(() => engine.up());
      expect(injected.hits, kind.name).toBeGreaterThan(0);
      graph.faults.clear();
      outcomes[kind.name] = done.ok;
      if (!done.ok) await must(() => engine.up());
    }
    const destroy = await must(() => engine.destroy());

    const phases = Object.fromEntries(
      (await observePhases()).map(({ name, requests }) => [name, ownRequests(requests)]),
    );
    expect({ up, refresh, upAfterDrift, destroy }).toEqual({
      up: phases["up"],
      refresh: phases["refresh after drift"],
      upAfterDrift: phases["up after drift"],
      destroy: phases["destroy"],
    });
    const driven = await runAll(once, 4, ({ phase, index, kind }, { requests }) => {
      const { method, end } = strikes(kind);
      const first = requests.findIndex((one) => one.method === method && one.path.endsWith(end));
      return phase === "up after drift" && index === first;
    });
    expect(outcomes).toEqual(Object.fromEntries(driven.map(({ kind, wentThrough }) => [kind.name, wentThrough])));
  });
});
