import type { Domain } from "../state/types";

/** Creates verified domains. The first is the default domain; `.onmicrosoft.com` is the initial domain. */
export function seedDomains(names: readonly string[]): Domain[] {
  return names.map((id, index) => ({
    id,
    authenticationType: "Managed",
    availabilityStatus: null,
    isAdminManaged: true,
    isDefault: index === 0,
    isInitial: id.endsWith(".onmicrosoft.com"),
    isRoot: !names.some((other) => other !== id && id.endsWith(`.${other}`)),
    isVerified: true,
    manufacturer: null,
    model: null,
    passwordNotificationWindowInDays: null,
    passwordValidityPeriodInDays: null,
    state: null,
    supportedServices: index === 0 ? ["Email", "OfficeCommunicationsOnline"] : [],
  }));
}
