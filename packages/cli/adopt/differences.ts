import type { DiscoveredSetup } from "./discoveredSetup";
import type { PlanContext, PlanOptions } from "./planOptions";
import type { Difference } from "./difference";
import { enterpriseAppRemarks } from "./differences/enterpriseApp";
import { signInRemarks } from "./differences/signIn";
import { smallstepRemarks } from "./differences/smallstep";

/** Returns every difference except those of the mappings, with the effect of the first `up`. */
export function findDifferences(found: DiscoveredSetup, choices: PlanOptions, decided: PlanContext): Difference[] {
  return [
    ...signInRemarks(found, decided),
    ...enterpriseAppRemarks(found, decided),
    ...smallstepRemarks(found, choices),
  ];
}
