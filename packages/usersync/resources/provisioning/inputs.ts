import { type CheckFailure, type CheckResult, type PropertyMap, UNKNOWN } from "../../host/types";
import { formatPath } from "../../host/paths";
import { checkJobId } from "../attributeMappings/inputs";
import { checkLimit } from "../attributeMappings/limits";
import { isMap } from "../attributeMappings/mapping";

export const heldDeletionModes = ["fail", "retry", "allow"] as const;

// Source: synchronizationJobRestartCriteria. Graph documents that None and ConnectorDataStore must not be used.
const resetScopes = ["Escrows", "Watermark", "QuarantineState", "Full", "ForceDeletes"];

/** Checks the inputs of Provisioning. Returns them with defaults and all failures together. */
export function checkProvisioning(news: PropertyMap): CheckResult {
  const given = Object.entries(news).filter(([, value]) => value !== undefined && value !== null);
  const inputs: PropertyMap = { enabled: true, ...Object.fromEntries(given) };
  const failures = [
    ...checkJobId(inputs["jobId"]),
    ...checkCredentials(inputs["credentials"]),
    ...checkRestartTriggers(inputs["restartTriggers"]),
    ...checkResetScope(inputs["resetScope"]),
    ...checkGroups(inputs["groups"]),
    ...checkLimit("maxLockedOutPercent", inputs["maxLockedOutPercent"]),
  ];
  const { heldDeletions } = inputs;
  if (
    heldDeletions !== undefined &&
    heldDeletions !== UNKNOWN &&
    !heldDeletionModes.some((word) => word === heldDeletions)
  ) {
    failures.push({ property: "heldDeletions", reason: `must be one of ${heldDeletionModes.join(", ")}.` });
  }
  const { enabled } = inputs;
  if (typeof enabled !== "boolean" && enabled !== UNKNOWN) {
    failures.push({ property: "enabled", reason: "must be true or false." });
  }
  return { inputs, failures };
}

/** Checks the SCIM credentials. Undefined and unknown values pass. */
export function checkCredentials(credentials: PropertyMap[string]): CheckFailure[] {
  if (credentials === undefined || credentials === UNKNOWN) return [];
  if (!isMap(credentials)) return [{ property: "credentials", reason: "must have baseAddress and secretToken." }];
  const failures: CheckFailure[] = [];
  const { baseAddress, secretToken } = credentials;
  if (baseAddress !== UNKNOWN && !isHttps(baseAddress)) {
    failures.push({
      property: "credentials.baseAddress",
      reason: "must be the https:// address of the SCIM endpoint.",
    });
  }
  if (secretToken !== UNKNOWN && (typeof secretToken !== "string" || secretToken === "")) {
    failures.push({ property: "credentials.secretToken", reason: "must be the SCIM token; it is empty." });
  }
  return failures;
}

function isHttps(value: PropertyMap[string]): boolean {
  return typeof value === "string" && URL.canParse(value) && new URL(value).protocol === "https:";
}

function checkGroups(groups: PropertyMap[string]): CheckFailure[] {
  if (groups === undefined || groups === UNKNOWN) return [];
  if (!Array.isArray(groups)) return [{ property: "groups", reason: "must be a list of object ids." }];
  return groups.flatMap((group, index) =>
    group === UNKNOWN || (typeof group === "string" && group !== "")
      ? []
      : [{ property: formatPath(["groups", index]), reason: "must be the object id of a group." }],
  );
}

function checkRestartTriggers(restartTriggers: PropertyMap[string]): CheckFailure[] {
  if (restartTriggers === undefined || restartTriggers === UNKNOWN) return [];
  if (!isMap(restartTriggers))
    return [{ property: "restartTriggers", reason: "must be an object whose values are strings." }];
  return Object.entries(restartTriggers)
    .filter(([, value]) => typeof value !== "string" && value !== UNKNOWN)
    .map(([name]) => ({ property: formatPath(["restartTriggers", name]), reason: "must be a string." }));
}

function checkResetScope(resetScope: PropertyMap[string]): CheckFailure[] {
  if (resetScope === undefined || resetScope === UNKNOWN) return [];
  const words = typeof resetScope === "string" ? resetScope.split(",").map((word) => word.trim()) : [];
  if (words.length > 0 && words.every((word) => resetScopes.includes(word))) return [];
  const reason = `must be one or more of ${resetScopes.join(", ")}, separated by commas.`;
  return [{ property: "resetScope", reason }];
}
