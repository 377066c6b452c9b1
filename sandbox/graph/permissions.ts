import { endpoints } from "./endpoints";
import { isAllowed } from "./http/authorize";
import { Router } from "./http/router";
import type { LoggedRequest } from "./log";

/**
 * Those of some logged requests that Graph would refuse to an application with other permissions, which owns all that it has made.
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
