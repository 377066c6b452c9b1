import type { DiscoveredSetup } from "./found";
import type { PlanOptions } from "./plan";
import type { Difference } from "./remark";
import { enterpriseAppRemarks } from "./remarks/enterpriseApp";
import { signInRemarks } from "./remarks/signIn";
import { smallstepRemarks } from "./remarks/smallstep";

/** What the settings leave open, and what remarks depend on. */
export interface PlanContext {
  adminConsent: boolean;
  redirectUris: readonly string[];
  /** Where the stack would provision to; undefined: unknown, or the address is of another form. */
  tenantUrl: string | undefined;
}

/** What differs from the declared set besides the mappings, and what the first `up` does about each. */
export function findDifferences(found: DiscoveredSetup, choices: PlanOptions, decided: PlanContext): Difference[] {
  return [
    ...signInRemarks(found, decided),
    ...enterpriseAppRemarks(found, decided),
    ...smallstepRemarks(found, choices),
  ];
}
