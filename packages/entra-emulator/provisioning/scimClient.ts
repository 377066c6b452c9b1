import { isObject } from "../json";
import { scimRequest, scimSearch, type ScimAnswer, type ScimEndpoint } from "../synchronization/scimEndpoint";

export type ScimResource = Record<string, unknown> & { id: string };
type ResourceType = "Users" | "Groups";

/** The SCIM endpoint is not usable. The job goes into quarantine. */
export class EndpointFailure extends Error {}

/** The export of one object failed. The cycle continues. */
export class ObjectFailure extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** Client that sends the requests of the provisioning service to the target system. */
export class ScimClient {
  /** Whether the Tenant URL has the flag `aadOptscim062020`. */
  readonly compliant: boolean;

  constructor(private readonly endpoint: ScimEndpoint) {
    this.compliant = /[?&]aadOptscim062020(?:[=&]|$)/i.test(endpoint.baseAddress);
  }

  /** Returns the resources whose attribute equals a value. */
  async search(type: ResourceType, attribute: string, value: string): Promise<ScimResource[]> {
    const answer = usable(await scimSearch(this.endpoint, type, attribute, value));
    if (answer.status === 404) {
      throw new EndpointFailure(
        "The SCIM endpoint answered 404 to a search, where 200 with an empty list is expected.",
      );
    }
    if (answer.status !== 200 || !isObject(answer.body)) throw failure(answer, "search");
    const resources = answer.body["Resources"] ?? [];
    return Array.isArray(resources) ? resources.filter(isResource) : [];
  }

  /** Returns undefined if the resource does not exist. */
  async get(type: ResourceType, id: string): Promise<ScimResource | undefined> {
    const query: Record<string, string> = type === "Groups" ? { excludedAttributes: "members" } : {};
    const answer = await this.send("GET", `${type}/${encodeURIComponent(id)}`, query);
    if (answer.status === 404) return undefined;
    if (answer.status !== 200 || !isResource(answer.body)) throw failure(answer, "read");
    return answer.body;
  }

  async create(type: ResourceType, body: unknown): Promise<ScimResource> {
    const answer = await this.send("POST", type, {}, body);
    if (![200, 201].includes(answer.status) || !isResource(answer.body)) throw failure(answer, "create");
    return answer.body;
  }

  async patch(type: ResourceType, id: string, body: unknown): Promise<void> {
    const answer = await this.send("PATCH", `${type}/${encodeURIComponent(id)}`, {}, body);
    if (![200, 204].includes(answer.status)) throw failure(answer, "update");
  }

  /** Deletes a resource. Succeeds if it does not exist. */
  async remove(type: ResourceType, id: string): Promise<void> {
    const answer = await this.send("DELETE", `${type}/${encodeURIComponent(id)}`);
    if (![200, 204, 404].includes(answer.status)) throw failure(answer, "delete");
  }

  private async send(method: string, path: string, query = {}, body?: unknown): Promise<ScimAnswer> {
    return usable(await scimRequest(this.endpoint, method, path, query, body));
  }
}

function usable(answer: ScimAnswer): ScimAnswer {
  if (answer.status === 0) throw new EndpointFailure(`The SCIM endpoint could not be reached: ${answer.text}`);
  if (answer.status === 401 || answer.status === 403) {
    throw new EndpointFailure(`The SCIM endpoint rejected the credentials (${answer.status}).`);
  }
  return answer;
}

function isResource(value: unknown): value is ScimResource {
  return isObject(value) && typeof value["id"] === "string";
}

function failure({ status, body, text }: ScimAnswer, operation: string): ObjectFailure {
  const detail = isObject(body) && typeof body["detail"] === "string" ? body["detail"] : text.slice(0, 200);
  const kind = status === 409 ? "Conflict" : "Error";
  return new ObjectFailure(
    `SystemForCrossDomainIdentityManagementService${kind}`,
    `The SCIM endpoint answered ${status} to ${operation}: ${detail}`,
  );
}
