import type { DiscoveredSetup } from "./discoveredSetup";
import type { PlanContext, PlanOptions } from "./planOptions";
import type { Difference } from "./difference";
import { enterpriseAppDifferences } from "./differences/enterpriseApp";
import { signInDifferences } from "./differences/signIn";
import { smallstepDifferences } from "./differences/smallstep";

/** Returns every difference except those of the mappings, with the effect of the first `up`. */
export function findDifferences(setup: DiscoveredSetup, choices: PlanOptions, decided: PlanContext): Difference[] {
  return [
    ...signInDifferences(setup, decided),
    ...enterpriseAppDifferences(setup, decided),
    ...smallstepDifferences(setup, choices),
  ];
}
