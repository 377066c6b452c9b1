import type { LoggedRequest } from "entra-emulator";

/** One request in a record. Placeholders replace ids, random names and timestamps; everything else is unchanged. */
export interface RecordedRequest {
  method: string;
  /** Includes the API version: `/beta/groups/{id 1}`. */
  path: string;
  /** Decoded, without the question mark. Absent when the request has no query. */
  query?: string;
  body?: unknown;
}

const guid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;
const isGuid = (text: string) => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
const moment = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;
/** Ids that are not GUIDs, recognized by the path segment before them. */
const otherIds = /\/(appRoleAssignedTo|oauth2PermissionGrants|jobs)\/([^/?]+)/g;
const SECRET_SIGNATURE = "4dabf18193072939515e22adb298388d";

const asText = (request: RecordedRequest) => JSON.stringify(request);
const isSameSet = (one: RecordedRequest, other: RecordedRequest) =>
  one.method === other.method && one.path.endsWith("/$ref") && other.path.endsWith("/$ref");

/**
 * Replaces values that differ between runs with placeholders. Ids in `constants` stay. Ids in `known` get their name.
 * All other ids are numbered in the order in which they appear.
 */
export class Normaliser {
  private readonly names = new Map<string, string>();
  private count = 0;

  constructor(
    private readonly graphUrl: string,
    known: Record<string, string>,
    private readonly constants: ReadonlySet<string>,
  ) {
    for (const [name, id] of Object.entries(known)) this.names.set(id.toLowerCase(), `{${name}}`);
  }

  /**
   * Returns the requests in order. Consecutive identical requests, such as polling, count once. Consecutive changes of
   * references form a set, so they are sorted.
   */
  requests(logged: readonly LoggedRequest[]): RecordedRequest[] {
    const all = logged.map((one) => this.request(one));
    const once = all.filter((one, index) => JSON.stringify(one) !== JSON.stringify(all[index - 1]));
    const sorted: RecordedRequest[] = [];
    for (const one of once) {
      let place = sorted.length;
      while (place > 0 && isSameSet(one, sorted[place - 1]!) && asText(one) < asText(sorted[place - 1]!)) place--;
      sorted.splice(place, 0, one);
    }
    return sorted;
  }

  /**
   * Normalises a state or a body. A secret becomes `[secret]`. Properties that the Terraform bridge adds (`__...`) are
   * removed.
   */
  value(value: unknown): unknown {
    if (typeof value === "string") return this.text(value);
    if (Array.isArray(value)) {
      const all = value.map((one) => this.value(one));
      // Lists of strings are sets, and Terraform chooses their order.
      return all.every((one) => typeof one === "string") ? all.sort() : all;
    }
    if (typeof value !== "object" || value === null) return value;
    if (SECRET_SIGNATURE in value) return "[secret]";
    const entries = Object.entries(value)
      .filter(([key]) => !key.startsWith("__"))
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(entries.map(([key, one]) => [key, this.property(key, one)]));
  }

  private property(key: string, value: unknown): unknown {
    // The provider generates it when the program sets none.
    if (key === "mailNickname" && typeof value === "string" && value !== "") return "{random}";
    if (key === "scope" && typeof value === "string") return value.split(" ").sort().join(" ");
    return this.value(value);
  }

  private request({ method, path, query, body }: LoggedRequest): RecordedRequest {
    const asked = decodeURIComponent(query.replace(/^\?/, "").replace(/\+/g, " "));
    return {
      method,
      path: this.text(path),
      ...(asked === "" ? {} : { query: this.text(asked) }),
      ...(body === undefined || body === null ? {} : { body: this.value(body) }),
    };
  }

  private text(text: string): string {
    for (const [, , id = ""] of text.matchAll(otherIds)) this.nameOf(id);
    let result = text
      .replaceAll(this.graphUrl, "{graph}")
      .replace(/(TERRAFORM_[A-Z]+_)[0-9a-f-]{36}/g, "$1{random}")
      .replace(moment, (one) => (this.constants.has(one) ? one : "{moment}"));
    for (const [id, name] of this.names) if (!isGuid(id)) result = result.replaceAll(id, name);
    return result.replace(guid, (id) => (this.constants.has(id) ? id : this.nameOf(id)));
  }

  private nameOf(id: string): string {
    const key = isGuid(id) ? id.toLowerCase() : id;
    const name = this.names.get(key) ?? `{id ${++this.count}}`;
    this.names.set(key, name);
    return name;
  }
}
