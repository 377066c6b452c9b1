import { quoted, scimRequest, scimUrl, type ScimAnswer } from "../synchronization/scimProbe";

export type ScimResource = Record<string, unknown> & { id: string };
export type ResourceType = "Users" | "Groups";

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
  requests = 0;

  constructor(
    private readonly baseAddress: string,
    private readonly token: string,
    private readonly trustedCa: string,
  ) {
    this.compliant = /[?&]aadOptscim062020(?:[=&]|$)/i.test(baseAddress);
  }

  /** Returns the resources whose attribute equals a value. */
  async search(type: ResourceType, attribute: string, value: string): Promise<ScimResource[]> {
    const query = {
      ...(type === "Groups" ? { excludedAttributes: "members" } : {}),
      filter: `${attribute} eq ${quoted(value)}`,
    };
    const answer = await this.send("GET", type, query);
    const list = answer.body as { Resources?: ScimResource[] } | undefined;
    if (answer.status === 404) {
      throw new EndpointFailure(
        "The SCIM endpoint answered 404 to a search, where 200 with an empty list is expected.",
      );
    }
    if (answer.status !== 200 || list === undefined) throw failure(answer, "search");
    return list.Resources ?? [];
  }

  /** Returns undefined if the resource does not exist. */
  async get(type: ResourceType, id: string): Promise<ScimResource | undefined> {
    const query: Record<string, string> = type === "Groups" ? { excludedAttributes: "members" } : {};
    const answer = await this.send("GET", `${type}/${encodeURIComponent(id)}`, query);
    if (answer.status === 404) return undefined;
    if (answer.status !== 200 || answer.body === undefined) throw failure(answer, "read");
    return answer.body as ScimResource;
  }

  async create(type: ResourceType, body: unknown): Promise<ScimResource> {
    const answer = await this.send("POST", type, {}, body);
    const made = answer.body as ScimResource | undefined;
    if ((answer.status !== 201 && answer.status !== 200) || typeof made?.id !== "string")
      throw failure(answer, "create");
    return made;
  }

  async patch(type: ResourceType, id: string, body: unknown): Promise<void> {
    const answer = await this.send("PATCH", `${type}/${encodeURIComponent(id)}`, {}, body);
    if (answer.status !== 200 && answer.status !== 204) throw failure(answer, "update");
  }

  /** Deletes a resource. Succeeds if it does not exist. */
  async remove(type: ResourceType, id: string): Promise<void> {
    const answer = await this.send("DELETE", `${type}/${encodeURIComponent(id)}`);
    if (![200, 204, 404].includes(answer.status)) throw failure(answer, "delete");
  }

  private async send(method: string, path: string, query = {}, body?: unknown): Promise<ScimAnswer> {
    this.requests++;
    const answer = await scimRequest(this.trustedCa, this.token, method, scimUrl(this.baseAddress, path, query), body);
    if (answer.status === 0) throw new EndpointFailure(`The SCIM endpoint could not be reached: ${answer.text}`);
    if (answer.status === 401 || answer.status === 403) {
      throw new EndpointFailure(`The SCIM endpoint rejected the credentials (${answer.status}).`);
    }
    return answer;
  }
}

function failure(answer: ScimAnswer, operation: string): ObjectFailure {
  const detail = (answer.body as { detail?: string } | undefined)?.detail ?? answer.text.slice(0, 200);
  const code =
    answer.status === 409
      ? "SystemForCrossDomainIdentityManagementServiceConflict"
      : "SystemForCrossDomainIdentityManagementServiceError";
  return new ObjectFailure(code, `The SCIM endpoint answered ${answer.status} to ${operation}: ${detail}`);
}
