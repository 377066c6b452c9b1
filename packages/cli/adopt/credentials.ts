import type { DiscoveredSetup } from "./discoveredSetup";

/** Keys of the job's credentials that the stack writes, in the stack's order. */
export const declaredKeys = ["BaseAddress", "SecretToken", "SyncAll", "SyncNotificationSettings"];

/** Reads the notification settings saved by the portal from the job's credentials. A setting that is off or invalid is absent. */
export function notification(secrets: DiscoveredSetup["secrets"]): { deletionThreshold?: number; email?: string } {
  const text = secrets.find(({ key }) => key === "SyncNotificationSettings")?.value ?? "";
  let saved: Record<string, unknown>;
  try {
    saved = (JSON.parse(text) ?? {}) as Record<string, unknown>;
  } catch {
    return {}; // masked or missing
  }
  const { Enabled, Recipients, DeleteThresholdEnabled, DeleteThresholdValue } = saved;
  const threshold = Number(DeleteThresholdValue);
  return {
    ...(DeleteThresholdEnabled === true && Number.isInteger(threshold) && threshold > 0
      ? { deletionThreshold: threshold }
      : {}),
    ...(Enabled === true && typeof Recipients === "string" && Recipients !== "" ? { email: Recipients } : {}),
  };
}

/** Splits a tenant URL `https://host/DIRECTORY/v2`. Undefined: the URL has another form. */
export function tenantAddress(url: string): { baseUrl: string; directoryId: string } | undefined {
  const match = /^(https:\/\/[^?#]+)\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/v2\/?(?:\?.*)?$/i.exec(url);
  return match === null ? undefined : { baseUrl: match[1] ?? "", directoryId: match[2] ?? "" };
}
