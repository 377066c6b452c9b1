import { randomUUID } from "node:crypto";

import { GraphError } from "../http/reply";
import { isObject } from "../json";
import type { KeyValue } from "../state/types";
import type { SynchronizationSchema } from "./schema";
import { scimSearch, type ScimAnswer, type ScimEndpoint } from "./scimRequest";

/** Returns the endpoint that secrets describe. The first value of a key wins. */
export function endpointOf(secrets: readonly KeyValue[], trustedCa: string): ScimEndpoint {
  const value = (name: string): string => secrets.find(({ key }) => key === name)?.value ?? "";
  return { baseAddress: value("BaseAddress"), token: value("SecretToken"), trustedCa };
}

/**
 * Runs the "Test Connection" of the portal: searches for a random user and group by the matching attributes.
 * Expects a ListResponse with status 200. Returns the error that Graph would return, or undefined on success.
 */
export async function testConnection(
  secrets: readonly KeyValue[],
  trustedCa: string,
  schema?: SynchronizationSchema,
): Promise<GraphError | undefined> {
  const endpoint = endpointOf(secrets, trustedCa);
  if (endpoint.baseAddress === "") return invalid("A Tenant URL (BaseAddress) is required.");
  const userAttribute = matchingAttribute(schema, "User") ?? "userName";
  const groupAttribute = matchingAttribute(schema, "Group") ?? "displayName";
  return (
    problemOf(await scimSearch(endpoint, "Users", userAttribute, randomUUID())) ??
    problemOf(await scimSearch(endpoint, "Groups", groupAttribute, randomUUID()))
  );
}

function matchingAttribute(schema: SynchronizationSchema | undefined, sourceObject: string): string | undefined {
  return schema?.synchronizationRules
    .flatMap((rule) => rule.objectMappings)
    .filter((mapping) => mapping.sourceObjectName === sourceObject)
    .flatMap((mapping) => mapping.attributeMappings)
    .filter((mapping) => mapping.matchingPriority > 0)
    .sort((a, b) => a.matchingPriority - b.matchingPriority)[0]?.targetAttributeName;
}

function problemOf({ status, text, body }: ScimAnswer): GraphError | undefined {
  switch (status) {
    case 200:
      if (isObject(body) && typeof body["totalResults"] === "number") return undefined;
      return new GraphError(
        400,
        "SystemForCrossDomainIdentityManagementServiceIncompatible",
        "The SCIM endpoint is not fully compatible: its answer is not a ListResponse with totalResults.",
      );
    case 0:
      return unavailable(`The SCIM endpoint could not be reached: ${text}`);
    case 401:
    case 403:
      return invalid(
        "You appear to have entered invalid credentials. Please confirm you are using the correct information for an " +
          "administrative account. Error code: SystemForCrossDomainIdentityManagementCredentialValidationUnavailable. " +
          `The endpoint answered ${status}.`,
      );
    default:
      return unavailable(
        `The SCIM endpoint answered ${status} to a search for an object that does not exist, where 200 with an ` +
          "empty list is expected.",
      );
  }
}

function invalid(message: string): GraphError {
  return new GraphError(400, "InvalidCredentials", message);
}

function unavailable(message: string): GraphError {
  return new GraphError(400, "SystemForCrossDomainIdentityManagementCredentialValidationUnavailable", message);
}
