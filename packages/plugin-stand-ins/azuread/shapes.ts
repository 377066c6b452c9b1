import type { PropertyMap, PropertyValue } from "@smallstep-ssh/usersync/host";

/** These functions convert a Graph value to Terraform's state, where strings, booleans and lists are never null. */
export const text = (value: unknown): string => (typeof value === "string" ? value : "");
export const flag = (value: unknown): boolean => value === true;
export const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
export const maps = (value: unknown): Record<string, unknown>[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === "object" && one !== null) : [];

/** Converts an input to Graph's format, where an unset value is null. */
export const textOrNull = (value: PropertyValue | undefined): string | null =>
  typeof value === "string" && value !== "" ? value : null;

interface Permission {
  id?: unknown;
  value?: unknown;
}

/** Converts app roles to azuread's format. */
export function appRolesOf(value: unknown): PropertyMap[] {
  return maps(value).map((role) => ({
    allowedMemberTypes: texts(role["allowedMemberTypes"]),
    description: text(role["description"]),
    displayName: text(role["displayName"]),
    enabled: flag(role["isEnabled"]),
    id: text(role["id"]),
    value: text(role["value"]),
  }));
}

/** Converts delegated permissions to azuread's format. */
export function scopesOf(value: unknown): PropertyMap[] {
  return maps(value).map((scope) => ({
    adminConsentDescription: text(scope["adminConsentDescription"]),
    adminConsentDisplayName: text(scope["adminConsentDisplayName"]),
    enabled: flag(scope["isEnabled"]),
    id: text(scope["id"]),
    type: text(scope["type"]),
    userConsentDescription: text(scope["userConsentDescription"]),
    userConsentDisplayName: text(scope["userConsentDisplayName"]),
    value: text(scope["value"]),
  }));
}

/** Returns ids by value. Entries without a value are omitted. */
export function idsByValue(value: unknown): PropertyMap {
  const entries = maps(value)
    .map((one: Permission) => [text(one.value), text(one.id)] as const)
    .filter(([name]) => name !== "");
  return Object.fromEntries(entries);
}

/** Converts the tags of an application to azuread's two formats. */
export function featuresOf(value: unknown): { features: PropertyMap[]; featureTags: PropertyMap[] } {
  const has = (tag: string) => texts(value).some((one) => one.toLowerCase() === tag.toLowerCase());
  const custom = has("WindowsAzureActiveDirectoryCustomSingleSignOnApplication");
  const enterprise = has("WindowsAzureActiveDirectoryIntegratedApp");
  const gallery = has("WindowsAzureActiveDirectoryGalleryApplicationNonPrimaryV1");
  const hide = has("HideApp");
  return {
    features: [
      {
        customSingleSignOnApp: custom,
        enterpriseApplication: enterprise,
        galleryApplication: gallery,
        visibleToUsers: !hide,
      },
    ],
    featureTags: [{ customSingleSignOn: custom, enterprise, gallery, hide }],
  };
}
