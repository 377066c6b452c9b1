import type { DiscoveredSetup } from "./discoveredSetup";
import type { PlanOptions } from "./plan";
import type { Difference } from "./difference";
import { enterpriseAppRemarks } from "./differences/enterpriseApp";
import { signInRemarks } from "./differences/signIn";
import { smallstepRemarks } from "./differences/smallstep";

/** Results of the plan that the differences depend on. */
export interface PlanContext {
  adminConsent: boolean;
  redirectUris: readonly string[];
  /** Tenant URL that the stack would provision to. Undefined: unknown, or the address has another form. */
  tenantUrl: string | undefined;
}

/** Returns every difference except those of the mappings, with the effect of the first `up`. */
export function findDifferences(found: DiscoveredSetup, choices: PlanOptions, decided: PlanContext): Difference[] {
  return [
    ...signInRemarks(found, decided),
    ...enterpriseAppRemarks(found, decided),
    ...smallstepRemarks(found, choices),
  ];
}
