import type { Call } from "../http/endpoint";
import { GraphError } from "../http/reply";
import { servicePrincipal } from "../directory/servicePrincipals";
import { nonGalleryTemplateId } from "../state/wellKnown";
import type { JobRecord } from "./types";

export const readSynchronization = ["Synchronization.Read.All", "Synchronization.ReadWrite.All"];
export const writeSynchronization = ["Synchronization.ReadWrite.All"];

/** Ids of the synchronization templates of non-gallery applications. `scim` is the only one since 2018. */
export const templateIds = ["scim"];

/** Returns the template ids of the service principal in the path; none unless it was created from the non-gallery template. */
export function availableTemplates(call: Call): string[] {
  return servicePrincipal(call).applicationTemplateId === nonGalleryTemplateId ? templateIds : [];
}

/** Returns the job in the path. Throws Graph's 404. */
export function jobRecord(call: Call): JobRecord {
  const { id } = servicePrincipal(call);
  const record = call.state.jobs.get(call.params["job"] ?? "");
  if (!record || record.servicePrincipalId !== id) {
    throw new GraphError(404, "JobNotFound", `Cannot find the synchronization job '${call.params["job"]}'.`);
  }
  return record;
}
