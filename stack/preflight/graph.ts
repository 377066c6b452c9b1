import { InputErrors } from "@smallstep-ssh/usersync/host";
import { missingPermissions } from "@smallstep-ssh/usersync/clients";
import { openGraph, type OpenOptions } from "@smallstep-ssh/usersync/openGraph";
import type { StackSettings } from "../config/teams";
import { neededPermissions, type Purpose } from "./permissions";

export interface GraphOptions extends OpenOptions {
  purpose?: Purpose;
  /** Called when Microsoft Graph has accepted the credentials, before the permissions are checked. */
  onSignedIn?: () => void;
}

/** Checks that Microsoft Graph accepts the credentials, for the configured tenant and with all needed permissions. */
export async function graphProblems(
  stack: StackSettings,
  credentials: Readonly<Record<string, unknown>>,
  options: GraphOptions = {},
): Promise<string[]> {
  try {
    const graph = await openGraph({ ...credentials, tenantId: stack.tenantId }, options);
    const claims = await graph.claims(options.signal);
    options.onSignedIn?.();
    // A user's permissions come from directory roles, which no token lists. A token may also be opaque.
    if (claims === undefined || claims.scopes.length > 0) return [];
    const problems: string[] = [];
    if (claims.tenantId !== undefined && claims.tenantId.toLowerCase() !== stack.tenantId.toLowerCase()) {
      problems.push(`tenantId: is ${stack.tenantId}, but the credentials belong to tenant ${claims.tenantId}`);
    }
    const needed = neededPermissions(
      stack.teams.map(({ settings }) => settings),
      options.purpose,
    );
    const application = `Microsoft Graph: the application ${claims.clientId ?? "in use"}`;
    problems.push(
      ...missingPermissions(claims, needed).map(
        (one) => `${application} lacks the application permission ${one}: add it and grant admin consent`,
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
