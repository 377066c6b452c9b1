import { boundedList } from "entra-mappings";
import { scimTenantUrl } from "@smallstep-ssh/components";
import type { PropertyMap } from "@smallstep-ssh/usersync/host";
import * as z from "zod";
import { planMapping } from "./mapping";
import type { FoundEnterpriseApp } from "./enterpriseApp";
import { components, differencesOf, entraImport, type Import, type Part } from "./part";

/** The synchronization job of the enterprise application. */
export interface FoundJob {
  id: string;
  templateId: string;
  /** Why the job does not run, as the end of a sentence. Undefined: it runs. */
  stopped: string | undefined;
  /** User mappings by target attribute, as inputs of the plugin's resource. Undefined: the schema does not map users. */
  mappings: Record<string, PropertyMap> | undefined;
}

/** One credential of the job. Masked values are `*`. */
export const credentialSchema = z.object({ key: z.string(), value: z.string() });
export type Credential = z.infer<typeof credentialSchema>;

/** Keys of the job's credentials that the stack writes, in the stack's order. */
const declaredKeys = ["BaseAddress", "SecretToken", "SyncAll", "SyncNotificationSettings"];

/** @param credentials in the service's order @param keepMappings keep every mapping that settings can express */
export function jobPart(
  app: FoundEnterpriseApp,
  job: FoundJob | undefined,
  credentials: readonly Credential[],
  keepMappings: boolean,
): Part {
  const about = `Enterprise application ${app.displayName}`;
  const mapping = planMapping(job?.mappings ?? {}, keepMappings);
  const address = tenantAddress(credentials);
  const notification = notificationSettings(credentials);
  const settings = {
    scim: { ...address, deletionThreshold: notification.threshold, notificationEmail: notification.email },
    mapping: mapping.settings,
  };
  if (job === undefined) {
    const upEffect = "creates one with the quickstart's mappings and starts it.";
    const differences = differencesOf(about, [
      ["change", "It has no synchronization job: nothing is provisioned.", upEffect],
    ]);
    return {
      found: ["synchronization job", "none"],
      imports: [],
      settings,
      differences: [...differences, ...mapping.differences],
    };
  }
  const principal = `/servicePrincipals/${app.id}`;
  const jobId = `${principal}/synchronization/jobs/${job.id}`;
  const own = (type: string): Import => ({
    type: `usersync:entra:${type}`,
    name: components.userSync.name,
    component: "userSync",
    id: jobId,
  });
  const undeclared = credentials.map(({ key }) => key).filter((key) => !declaredKeys.includes(key));
  const url = credentials.find(({ key }) => key === "BaseAddress")?.value;
  const wantedUrl = address && scimTenantUrl(address.baseUrl, address.directoryId);
  return {
    found: ["synchronization job", job.id],
    imports: [
      entraImport("userSync", "SynchronizationJob", jobId),
      ...(credentials.length === 0 ? [] : [entraImport("userSync", "SynchronizationSecret", principal)]),
      own("AttributeMappings"),
      own("Provisioning"),
    ],
    settings,
    differences: [
      ...differencesOf(about, [
        job.templateId !== "scim" && [
          "attention",
          `Its job uses the template ${job.templateId}, not scim.`,
          "REPLACES the job: all users are synchronized again.",
        ],
        job.stopped !== undefined && ["change", `Its job ${job.stopped}.`, "starts it."],
        job.mappings === undefined && [
          "attention",
          "The schema of its job does not map users as the stack expects.",
          "fails with a clear message.",
        ],
        undeclared.length > 0 && [
          "attention",
          `Its provisioning has settings that the stack does not declare: ${boundedList(undeclared).join(", ")}.`,
          `waits until they disappear, and then fails. Remove them first: ${removalCommand(app.id, undeclared)}`,
        ],
        url !== undefined &&
          url !== "*" &&
          url !== wantedUrl && [
            "change",
            `Its Tenant URL is ${url}.`,
            `changes it to ${wantedUrl ?? "the URL from the settings scim.baseUrl and scim.directoryId"}.`,
          ],
        notification.threshold === undefined && [
          "change",
          "Accidental deletions are not prevented.",
          "sets a limit: a cycle that would delete or disable more than 500 users stops (scim.deletionThreshold).",
        ],
        credentials.length > 0 && [
          "note",
          "Entra does not show the SCIM token.",
          "replaces it with the token from folk (or from the setting scim.token), after a connection test.",
        ],
      ]),
      ...mapping.differences,
    ],
  };
}

/** Returns the command that removes credentials. Graph deletes a credential that is written with an empty value. */
function removalCommand(id: string, keys: readonly string[]): string {
  const body = JSON.stringify({ value: keys.map((key) => ({ key, value: "" })) });
  const url = `https://graph.microsoft.com/v1.0/servicePrincipals/${id}/synchronization/secrets`;
  return `az rest --method put --url ${url} --body '${body.replaceAll("'", "'\\''")}'`;
}

/** Reads the notification settings saved by the portal. A setting that is off or invalid is undefined. */
export function notificationSettings(credentials: readonly Credential[]): { threshold?: number; email?: string } {
  const text = credentials.find(({ key }) => key === "SyncNotificationSettings")?.value ?? "";
  let saved: Record<string, unknown>;
  try {
    saved = z.record(z.string(), z.unknown()).parse(JSON.parse(text));
  } catch {
    return {}; // masked or missing
  }
  const { Enabled, Recipients: email, DeleteThresholdEnabled, DeleteThresholdValue } = saved;
  const threshold = Number(DeleteThresholdValue);
  return {
    threshold: DeleteThresholdEnabled === true && Number.isInteger(threshold) && threshold > 0 ? threshold : undefined,
    email: Enabled === true && typeof email === "string" && email !== "" ? email : undefined,
  };
}

/** Splits the tenant URL `https://host/DIRECTORY/v2`. Undefined: it is masked, or has another form. */
export function tenantAddress(
  credentials: readonly Credential[],
): { baseUrl: string; directoryId: string } | undefined {
  const url = credentials.find(({ key }) => key === "BaseAddress")?.value ?? "";
  const [, baseUrl, directoryId] =
    /^(https:\/\/[^?#]+)\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/v2\/?(?:\?.*)?$/i.exec(url) ?? [];
  return baseUrl === undefined || directoryId === undefined ? undefined : { baseUrl, directoryId };
}
