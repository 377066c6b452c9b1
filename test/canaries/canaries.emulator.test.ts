import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { formats, observe, type Places } from "./observe";
import { Canaries, plant, type Planted } from "./plant";

const usernames = formats.map((format) => `usernames as ${format}`);
const withDetails = usernames.slice(2);
const check = ["result of checkUsernames", "log", "preview-comment"];
const status = ["status as table", "status as json"];
const mappings = ["state of usersync:entra:AttributeMappings", "log", "drift", "preview-comment", "adopt"];
const job = ["state of usersync:entra:Provisioning", ...status];
const provisioner = ["state of usersync:smallstep:Registration", "drift", "preview-comment", "adopt", ...status];
const group = ["state of azuread:index/appRoleAssignment:AppRoleAssignment", "stack outputs", "result of getGroup"];

/**
 * Each value that appears, and its places with `people: names`. Every other value appears nowhere: other teams' rows, the
 * users of the SCIM directories, all tokens and secrets, other groups, applications, provisioners and jobs.
 */
const declared: Readonly<Record<string, readonly string[]>> = {
  "member user.userPrincipalName": [...check, "errors", ...usernames],
  "member user.mailNickname": [...check, "errors", ...usernames],
  "member user.mail": [...check, ...usernames],
  "member user.displayName": ["result of checkUsernames", ...withDetails],
  "nested-member user.userPrincipalName": [...check, ...usernames],
  "nested-member user.mail": ["result of checkUsernames", ...withDetails],
  "nested-member user.displayName": ["result of checkUsernames", ...withDetails],
  "nested group.displayName": [...check, ...usernames],
  "nested group.id": ["result of checkUsernames", "usernames as json"],
  // The stack assigns this group by its name.
  "assigned group.displayName": [...check, "errors", "adopt", ...group, ...usernames.slice(0, 4)],
  "job.quarantine.error": [...job, "log", "stack outputs", "drift", "preview-comment", "adopt"],
  "job.lastExecution.error": job,
  "log of users.sourceName": status,
  "log of users.sourceId": ["status as json"],
  "log of users.reason": status,
  "log of groups.sourceName": status,
  "log of groups.sourceId": ["status as json"],
  "log of groups.reason": status,
  "message of Graph": ["errors", "adopt", "usernames as table", ...status],
  // What another user has changed.
  "job.mappings of User": mappings,
  "own provisioner.configurationEndpoint": provisioner,
  "own provisioner.tenantID": provisioner,
  "own provisioner.domains": provisioner,
  // The configuration names another team's directory.
  "teams.slug of row 3": ["errors", "result of checkTeams"],
  "setting requiredUsers": ["state of kubernetes:core/v1:ConfigMap"],
  "setting notificationEmail": ["adopt"],
};
const isPerson = (value: string) =>
  /^(.*member user|job\..*error|log of users|log of groups\.reason|message|setting)\b/.test(value);

/** Returns the values whose canaries a text holds, in plain text, base64 or hexadecimal. */
function valuesIn(text: string, canaries: Canaries): string[] {
  const decoded = (text.match(/[\w+/-]{11,}/g) ?? []).flatMap((run) => [
    Buffer.from(run, "hex"),
    ...[0, 1, 2, 3].map((at) => Buffer.from(run.slice(at), "base64")),
  ]);
  const all = [text, ...decoded.map((bytes) => bytes.toString("latin1"))].join("\n").toLowerCase();
  return [...canaries].flatMap(([canary, value]) => (all.includes(canary.toLowerCase()) ? value : []));
}

const pairsOf = (places: Places, canaries: Canaries) =>
  Object.entries(places).flatMap(([place, text]) => valuesIn(text, canaries).map((value) => `${value}: ${place}`));
const declaredPairs = Object.entries(declared).flatMap(([value, places]) =>
  places.map((place) => `${value}: ${place}`),
);

describe.each(["names", "counts", "pseudonyms"] as const)(
  "each value that the product reads, with people: %s",
  (people) => {
    let planted: Planted;
    beforeAll(async () => (planted = await plant()));
    afterAll(() => planted?.close());

    it("appears only in its declared places", async () => {
      const places = await observe(planted, people);
      const found = [...new Set(pairsOf(places, planted.canaries))].sort();
      if (people === "names") expect(found).toEqual([...declaredPairs].sort());
      else expect(found.filter((pair) => isPerson(pair) || !declaredPairs.includes(pair))).toEqual([]);
      expect(planted.canaries.size).toBeGreaterThan(500);
      expect(Object.entries(places).filter(([, text]) => text.trim() === "")).toEqual([]);
      if (people !== "names")
        expect(Object.keys(places)).toEqual(expect.arrayContaining([...job, ...check, ...usernames]));
    });
  },
);

it("finds a canary in each form", () => {
  const canaries = new Canaries([[randomUUID(), "id"]]);
  canaries.text("text");
  for (const [canary, value] of canaries) {
    for (const encoding of ["utf8", "base64", "base64url", "hex"] as const) {
      for (const before of ["", "1", "12", "USER:"]) {
        const text = Buffer.from(`${before}${canary.toUpperCase()}"}`).toString(encoding);
        expect(valuesIn(`{"leaked":"${text}"}`, canaries)).toEqual([value]);
      }
    }
  }
});
