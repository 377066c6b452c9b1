import type { LoggedRequest } from "entra-emulator";
import type { Outcome } from "../measure";
import { waitUntilIdle } from "./overhead";
import { withSandbox, type Bench } from "./stacks";

/** Counts our plugin's Graph requests in an `up` that creates all resources, and in a refresh without changes. */
export function benchRequests(): Promise<Outcome> {
  return withSandbox(async (bench) => {
    const stack = await bench.stack({ name: "requests" });
    const up = await requestsOf(bench, () => stack.up());
    await waitUntilIdle(bench);
    const refresh = await requestsOf(bench, () => stack.refresh());
    await stack.destroy();
    const reads = refresh.filter(({ path }) => path.includes("/synchronization/"));
    const repeated = reads.length - new Set(reads.map(({ method, path }) => `${method} ${path}`)).size;
    const rows = (operation: string, requests: readonly LoggedRequest[]) =>
      requests.map(({ method, path }): [string, string] => [operation, `${method} ${abbreviate(path)}`]);
    const count = (pattern: RegExp) => reads.filter(({ path }) => pattern.test(path)).length;
    return {
      rows: [...rows("up", up), ...rows("refresh", refresh)],
      targets: [
        { name: "refresh: requests for a mapping set", value: count(/\/schema$/), unit: "", sense: "<=", limit: 1 },
        { name: "refresh: requests for a job", value: count(/\/jobs\/[^/]+$/), unit: "", sense: "<=", limit: 1 },
        { name: "refresh: requests made twice", value: repeated, unit: "", sense: "<=", limit: 0 },
      ],
      figures: { up: up.map(plain), refresh: refresh.map(plain) },
    };
  });
}

/** Returns the plugin's own requests. The azuread provider has a different user agent. */
async function requestsOf({ environment }: Bench, work: () => Promise<unknown>): Promise<LoggedRequest[]> {
  const before = environment.graph.requests.all().length;
  await work();
  return environment.graph.requests
    .all()
    .slice(before)
    .filter(({ userAgent, path }) => userAgent.startsWith("smallstep-ssh-azuread") && /^\/(v1\.0|beta)\//.test(path));
}

const plain = ({ method, path, status }: LoggedRequest) => ({ method, path: abbreviate(path), status });

/** Replaces ids with placeholders, so that equal requests compare equal. */
function abbreviate(path: string): string {
  return path.replace(/\/jobs\/[^/]+/, "/jobs/{id}").replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi, "{id}");
}
