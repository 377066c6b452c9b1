import { randomUUID } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { text as readText } from "node:stream/consumers";
import { rootCertificates } from "node:tls";

import { GraphError } from "../http/reply";
import { isObject, parseJson } from "../json";
import type { KeyValue } from "../state/types";
import type { SynchronizationSchema } from "./schema";

/** Response of a SCIM endpoint. `status` 0: there was no HTTP response, and `text` contains the reason. */
export interface ScimAnswer {
  status: number;
  /** Parsed body; undefined if it is not JSON. */
  body: unknown;
  /** Raw body for messages. */
  text: string;
}

/** Where and how the provisioning service reaches a SCIM endpoint. */
export interface ScimEndpoint {
  /** The Tenant URL. Its query contains flags for the service only. */
  baseAddress: string;
  token: string;
  /** CA certificates (PEM) to trust in addition to the public ones. */
  trustedCa: string;
}

const timeoutMs = 30_000;

/** Sends one request of the provisioning service, only over HTTPS. Never rejects: a connection failure has status 0. */
export async function scimRequest(
  { baseAddress, token, trustedCa }: ScimEndpoint,
  method: string,
  path: string,
  query: Record<string, string> = {},
  body?: unknown,
): Promise<ScimAnswer> {
  try {
    const search = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
    const base = (baseAddress.split("?")[0] ?? "").replace(/\/+$/, "");
    const url = URL.parse(`${base}/${path}${search.length > 0 ? `?${search.join("&")}` : ""}`);
    if (!url) throw new Error(`'${baseAddress}' is not a URL.`);
    if (url.protocol !== "https:") throw new Error("The Tenant URL must start with https://.");
    const call = request(url, {
      method,
      ca: [...rootCertificates, trustedCa],
      minVersion: "TLSv1.2",
      timeout: timeoutMs,
      headers: {
        authorization: `Bearer ${token}`,
        accept: "application/scim+json",
        "user-agent": "AzureAD",
        ...(body !== undefined && { "content-type": "application/scim+json; charset=utf-8" }),
      },
    });
    call.on("timeout", () => call.destroy(new Error(`No answer within ${timeoutMs / 1000} s.`)));
    call.end(body === undefined ? undefined : JSON.stringify(body));
    const [response] = (await once(call, "response")) as [IncomingMessage];
    const text = await readText(response);
    return { status: response.statusCode ?? 0, body: parseJson(text), text };
  } catch (error) {
    return { status: 0, body: undefined, text: error instanceof Error ? error.message : String(error) };
  }
}

/** Searches for the resources whose attribute equals a value, without the members of groups. */
export function scimSearch(
  endpoint: ScimEndpoint,
  type: "Users" | "Groups",
  attribute: string,
  value: string,
): Promise<ScimAnswer> {
  const filter = `${attribute} eq ${JSON.stringify(value)}`;
  return scimRequest(endpoint, "GET", type, type === "Groups" ? { excludedAttributes: "members", filter } : { filter });
}

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
