import type { LoggedRequest } from "../../../sandbox/graph";

/** One request as a record holds it: ids, random names and moments by what they are, all else as it was sent. */
export interface RecordedRequest {
  method: string;
  /** With its version: `/beta/groups/{it}`. */
  path: string;
  /** Decoded, without the question mark; absent when there was none. */
  query?: string;
  body?: unknown;
}

const guid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;
const isGuid = (text: string) => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
const moment = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;
/** Ids that are no GUIDs, by the segment before them. */
const otherIds = /\/(appRoleAssignedTo|oauth2PermissionGrants|jobs)\/([^/?]+)/g;
const SECRET_SIGNATURE = "4dabf18193072939515e22adb298388d";

const asText = (request: RecordedRequest) => JSON.stringify(request);
const isSameSet = (one: RecordedRequest, other: RecordedRequest) =>
  one.method === other.method && one.path.endsWith("/$ref") && other.path.endsWith("/$ref");

/**
 * Puts names in place of what differs from run to run. Ids that the programs name themselves (`constants`) stay; those that
 * were known before (`known`, by name) get their name; all others are numbered as they turn up.
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
   * What was asked, in order. The same question several times in a row, as while waiting, counts once; references added or
   * removed one after the other are a set, and sorted.
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

  /** A state or a body. Secrets are only said to be there; what the bridge adds for itself is left out. */
  value(value: unknown): unknown {
    if (typeof value === "string") return this.text(value);
    if (Array.isArray(value)) {
      const all = value.map((one) => this.value(one));
      // Lists of texts are sets, which Terraform keeps in an order of its own.
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
    // Made up where the program names none.
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
