import type { DiscoveredSetup } from "./found";

/** Keys of the job's credentials that the stack writes, in its order. */
export const declaredKeys = ["BaseAddress", "SecretToken", "SyncAll", "SyncNotificationSettings"];

/** What the portal's settings page has saved among the job's credentials. */
export function notification(secrets: DiscoveredSetup["secrets"]): { deletionThreshold?: number; email?: string } {
  const text = secrets.find(({ key }) => key === "SyncNotificationSettings")?.value ?? "";
  let saved: Record<string, unknown>;
  try {
    saved = (JSON.parse(text) ?? {}) as Record<string, unknown>;
  } catch {
    return {}; // not shown, or not there
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

/** `https://host/DIRECTORY/v2` taken apart; undefined when it is another address. */
export function tenantAddress(url: string): { baseUrl: string; directoryId: string } | undefined {
  const match = /^(https:\/\/[^?#]+)\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/v2\/?(?:\?.*)?$/i.exec(url);
  return match === null ? undefined : { baseUrl: match[1] ?? "", directoryId: match[2] ?? "" };
}
