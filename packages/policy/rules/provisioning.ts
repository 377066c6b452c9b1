import type { ResourceRule } from "../rule";

/** azuread would start the job immediately, and the first cycle would send user names from the template's mappings. */
export const provisioningStartsLast: ResourceRule = {
  name: "sync-job-created-disabled",
  description: "Synchronization jobs are created disabled; usersync starts them after it has written their mappings.",
  level: "mandatory",
  types: ["azuread:index/synchronizationJob:SynchronizationJob"],
  check({ props, ignoreChanges }) {
    // A refresh records `true` for a started job. With `ignoreChanges`, the engine keeps that value.
    return ignoreChanges.includes("enabled") || props["enabled"] === false || typeof props["enabled"] === "symbol"
      ? []
      : ["enabled must be false: otherwise the first cycle runs before usersync has written the mappings."];
  },
};
