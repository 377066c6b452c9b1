import type { DiscoveredSetup } from "./discoveredSetup";
import type { PlanOptions } from "./plan";
import type { Difference } from "./difference";
import { enterpriseAppDifferences } from "./differences/enterpriseApp";
import { signInDifferences } from "./differences/signIn";
import { smallstepDifferences } from "./differences/smallstep";

/** Results of the plan that the differences depend on. */
export interface PlanContext {
  adminConsent: boolean;
  redirectUris: readonly string[];
  /** Tenant URL that the stack would provision to. Undefined: unknown, or the address has another form. */
  tenantUrl: string | undefined;
}

/** Returns every difference except those of the mappings, with the effect of the first `up`. */
export function findDifferences(setup: DiscoveredSetup, choices: PlanOptions, decided: PlanContext): Difference[] {
  return [
    ...signInDifferences(setup, decided),
    ...enterpriseAppDifferences(setup, decided),
    ...smallstepDifferences(setup, choices),
  ];
}
