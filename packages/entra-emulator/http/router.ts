import type { Endpoint } from "./endpoint";

export type Match =
  { kind: "found"; endpoint: Endpoint; params: Record<string, string> } | { kind: "wrongMethod" } | { kind: "unknown" };

/** Finds the endpoint of a path. Literal segments take precedence over parameters. Like Graph, matching ignores case. */
export class Router {
  private readonly routes: { pattern: RegExp; endpoint: Endpoint }[];

  constructor(endpoints: readonly Endpoint[]) {
    const literals = ({ path }: Endpoint): number => path.split(/\/(?!:)/).length;
    this.routes = [...endpoints]
      .sort((a, b) => literals(b) - literals(a))
      .map((endpoint) => ({ pattern: patternOf(endpoint.path), endpoint }));
  }

  match(method: string, path: string): Match {
    // OData's `users('id')` and `applications(appId='id')` are equivalent to `users/id` and `applications/appId=id`.
    const segments = path.replace(/\((appId=)?(?:'|%27)([^/()']*?)(?:'|%27)\)/gi, "/$1$2");
    const hits = this.routes.filter(({ pattern }) => pattern.test(segments));
    const hit = hits.find(({ endpoint }) => endpoint.method === method);
    if (!hit) return { kind: hits.length > 0 ? "wrongMethod" : "unknown" };
    const groups = Object.entries(hit.pattern.exec(segments)?.groups ?? {});
    const params = Object.fromEntries(groups.map(([name, value]) => [name, decodeURIComponent(value)]));
    return { kind: "found", endpoint: hit.endpoint, params };
  }
}

function patternOf(path: string): RegExp {
  const source = path.replace(/[.$]/g, "\\$&").replace(/:(\w+)/g, "(?<$1>[^/]+)");
  return new RegExp(`^${source}/?$`, "i");
}
