import type { Call } from "../http/endpoint";
import { GraphError } from "../http/reply";
import { servicePrincipal } from "../directory/service-principals";
import { nonGalleryTemplateId } from "../state/well-known";
import type { JobRecord } from "./types";

export const readSynchronization = ["Synchronization.Read.All", "Synchronization.ReadWrite.All"];
export const writeSynchronization = ["Synchronization.ReadWrite.All"];

/** The only synchronization template of non-gallery applications since 2018. */
export const templateIds = ["scim"];

/** Templates of the path's service principal: none unless it was made from an application template. */
export function availableTemplates(call: Call): string[] {
  return servicePrincipal(call).applicationTemplateId === nonGalleryTemplateId ? templateIds : [];
}

/** The job of the path. Throws the service's 404. */
export function jobRecord(call: Call): JobRecord {
  const { id } = servicePrincipal(call);
  const record = call.state.jobs.get(call.params["job"] ?? "");
  if (!record || record.servicePrincipalId !== id) {
    throw new GraphError(404, "JobNotFound", `Cannot find the synchronization job '${call.params["job"]}'.`);
  }
  return record;
}
