import type { StackSettings } from "../config";
import { InputErrors } from "../provider/host";
import { missingPermissions } from "../provider/graph";
import { openGraph, type OpenOptions } from "../provider/graph/open";
import { neededPermissions, type Purpose } from "./permissions";

export interface GraphOptions extends OpenOptions {
  purpose?: Purpose;
  /** Called when Microsoft Graph has taken the credentials, before anything else is known. */
  onSignedIn?: () => void;
}

/** Whether Microsoft Graph takes the credentials, in the right tenant, with the permissions that are needed. */
export async function graphProblems(
  stack: StackSettings,
  credentials: Readonly<Record<string, unknown>>,
  options: GraphOptions = {},
): Promise<string[]> {
  try {
    const graph = await openGraph({ ...credentials, tenantId: stack.tenantId }, options);
    const claims = await graph.claims(options.signal);
    options.onSignedIn?.();
    // A person's rights come from directory roles, which no token lists; and a token may be unreadable.
    if (claims === undefined || claims.scopes.length > 0) return [];
    const problems: string[] = [];
    if (claims.tenantId !== undefined && claims.tenantId.toLowerCase() !== stack.tenantId.toLowerCase()) {
      problems.push(`tenantId: is ${stack.tenantId}, but the credentials are of tenant ${claims.tenantId}`);
    }
    const needed = neededPermissions(
      stack.teams.map(({ settings }) => settings),
      options.purpose,
    );
    const application = `Microsoft Graph: the application ${claims.clientId ?? "in use"}`;
    problems.push(
      ...missingPermissions(claims, needed).map(
        (one) => `${application} lacks the application permission ${one}: add it, with admin consent`,
      ),
    );
    return problems;
  } catch (error) {
    if (error instanceof InputErrors) {
      return error.failures.map(({ property, reason }) => `azuread:${property}: ${reason}`);
    }
    return [`Microsoft Graph: ${error instanceof Error ? error.message : String(error)}`];
  }
}
