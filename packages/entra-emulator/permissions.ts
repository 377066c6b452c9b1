import { endpoints } from "./endpoints";
import { isAllowed } from "./http/graph";
import { Router } from "./http/router";
import type { LoggedRequest } from "./log";

/**
 * Returns the logged requests that Graph would reject with 403 if the application had only these permissions.
 * Assumes that the application owns every object in the requests.
 */
export function refusedWith(requests: readonly LoggedRequest[], permissions: readonly string[]): LoggedRequest[] {
  const router = new Router(endpoints);
  const roles = new Set(permissions);
  return requests.filter(({ method, path }) => {
    const [, version, ...segments] = path.split("/");
    if (version !== "v1.0" && version !== "beta") return false;
    const match = router.match(method, `/${segments.join("/")}`);
    return match.kind === "found" && !isAllowed(match.endpoint, roles, () => true);
  });
}
