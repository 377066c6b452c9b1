import { UNKNOWN, type CheckFailure, type CheckResult, type PropertyMap, type PropertyValue } from "../../host/types";

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Checks the inputs of Registration. Returns them with defaults and all failures together. */
export function checkRegistration(news: PropertyMap): CheckResult {
  const inputs = Object.fromEntries(
    Object.entries({ onDestroy: "keep", ...news }).filter(([, value]) => value !== undefined && value !== null),
  ) as PropertyMap;
  const failures: CheckFailure[] = [];
  const report = (property: string, reason: string) => failures.push({ property, reason });
  const text = (property: string, value: PropertyValue | undefined): value is string => {
    if (value === UNKNOWN) return false;
    if (typeof value === "string" && value !== "") return true;
    report(property, "is required and must be a string.");
    return false;
  };
  const https = (property: string, value: PropertyValue | undefined) => {
    if (text(property, value) && !(URL.canParse(value) && new URL(value).protocol === "https:")) {
      report(property, `"${value}" is not an https:// URL.`);
    }
  };

  text("teamSlug", inputs["teamSlug"]);
  const { directoryId, onDestroy, provisioner } = inputs;
  if (text("directoryId", directoryId) && !guid.test(directoryId)) {
    report("directoryId", `"${directoryId}" is not a GUID.`);
  }
  https("caUrl", inputs["caUrl"]);
  if (onDestroy !== UNKNOWN && onDestroy !== "keep" && onDestroy !== "restore") {
    report("onDestroy", `${JSON.stringify(onDestroy)} is not one of keep, restore.`);
  }
  const { scim } = inputs;
  if (scim !== undefined && scim !== UNKNOWN) {
    if (typeof scim !== "object" || scim === null || Array.isArray(scim)) report("scim", "must be an object.");
    else {
      https("scim.tenantUrl", scim["tenantUrl"]);
      text("scim.token", scim["token"]);
      const minimum = scim["minimumUsers"] ?? UNKNOWN;
      if (minimum !== UNKNOWN && !(Number.isInteger(minimum) && Number(minimum) > 0)) {
        report("scim.minimumUsers", "must be a whole number of at least 1.");
      }
    }
  }
  if (provisioner === UNKNOWN) return { inputs, failures };
  if (typeof provisioner !== "object" || provisioner === null || Array.isArray(provisioner)) {
    report("provisioner", "is required and must be an object.");
    return { inputs, failures };
  }
  for (const name of ["name", "clientId", "tenantId"]) text(`provisioner.${name}`, provisioner[name]);
  https("provisioner.configurationEndpoint", provisioner["configurationEndpoint"]);
  const { domains } = provisioner;
  if (domains !== UNKNOWN && !(Array.isArray(domains) && domains.length > 0)) {
    report("provisioner.domains", "must be a list of at least one email domain.");
  }
  return { inputs, failures };
}
