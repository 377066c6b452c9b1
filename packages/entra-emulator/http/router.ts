import type { Endpoint, Method } from "./endpoint";

interface Route {
  pattern: RegExp;
  names: string[];
  endpoint: Endpoint;
}

export type Match =
  { kind: "found"; endpoint: Endpoint; params: Record<string, string> } | { kind: "wrongMethod" } | { kind: "unknown" };

/** Finds the endpoint of a path. Literal segments take precedence over parameters. Like Graph, matching ignores case. */
export class Router {
  private readonly routes: Route[];

  constructor(endpoints: readonly Endpoint[]) {
    const literals = (endpoint: Endpoint): number =>
      endpoint.path.split("/").filter((segment) => segment !== "" && !segment.startsWith(":")).length;
    this.routes = [...endpoints].sort((a, b) => literals(b) - literals(a)).map(compile);
  }

  match(method: string, path: string): Match {
    const normal = keyAsSegment(path);
    let known = false;
    for (const { pattern, names, endpoint } of this.routes) {
      const hit = pattern.exec(normal);
      if (!hit) continue;
      known = true;
      if (endpoint.method !== (method as Method)) continue;
      const params = Object.fromEntries(names.map((name, index) => [name, decodeURIComponent(hit[index + 1] ?? "")]));
      return { kind: "found", endpoint, params };
    }
    return { kind: known ? "wrongMethod" : "unknown" };
  }
}

function compile(endpoint: Endpoint): Route {
  const names: string[] = [];
  const source = endpoint.path
    .split("/")
    .map((segment) => {
      if (!segment.startsWith(":")) return segment.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
      names.push(segment.slice(1));
      return "([^/]+)";
    })
    .join("/");
  return { pattern: new RegExp(`^${source}/?$`, "i"), names, endpoint };
}

/** Rewrites OData's `users('id')` as its equivalent `users/id`. */
function keyAsSegment(path: string): string {
  return path.replace(/\((?:'|%27)([^/()']*?)(?:'|%27)\)/gi, "/$1");
}
