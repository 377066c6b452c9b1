import type { ResourceRule } from "../rule";

/** azuread would start the job at once, and the first cycle would push names that no mapping has made. */
export const provisioningStartsLast: ResourceRule = {
  name: "sync-job-created-disabled",
  description: "Synchronization jobs are created stopped; usersync starts them when their mappings are in place.",
  level: "mandatory",
  types: ["azuread:index/synchronizationJob:SynchronizationJob"],
  check({ props }) {
    return props["enabled"] === false || typeof props["enabled"] === "symbol"
      ? []
      : ["enabled is not false: the first cycle would run before the mappings are in place."];
  },
};
