import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestSmallstep, type TestSmallstep } from "@smallstep-ssh/sandbox/testing";
import { UNKNOWN, type CallContext, type PropertyMap } from "../../host/types";
import type { SmallstepConfig } from "../../clients/database/providerSettings";
import { pendingSwitchMessage, emptyDirectoryWarning, sharedDirectoryError } from "./directory";
import { registration } from "./registration";
import { countActiveUsers, missingUsers } from "../../clients/scim";

describe("directory messages", () => {
  const use = { teamSlug: "acme", directoryId: "d", inUse: true, activeUsers: 0, minimumUsers: 20 };

  it("warns about a directory in use with too few active users", () => {
    expect(emptyDirectoryWarning(use)).toBe(
      'Team "acme" uses directory d, which holds 0 of at least 20 active users: no user can log in. ' +
        "Check whether provisioning runs and which users are disabled.",
    );
    expect(emptyDirectoryWarning({ ...use, activeUsers: 19 })).toContain("too few users can log in");
    expect(emptyDirectoryWarning({ ...use, activeUsers: 20 })).toBeUndefined();
    expect(emptyDirectoryWarning({ ...use, inUse: false })).toBeUndefined();
  });

  it("reports what a pending switch waits for", () => {
    expect(pendingSwitchMessage({ ...use, inUse: false, activeUsers: 3 })).toContain(
      "holds 3 of at least 20 active users",
    );
    expect(pendingSwitchMessage({ ...use, inUse: false, activeUsers: 20 })).toContain("holds at least 20 active users");
    expect(pendingSwitchMessage(use)).toBeUndefined();
  });

  it("explains the effect of a directory that another team uses and the setting that allows it", () => {
    expect(sharedDirectoryError("d", "acme", [])).toBeUndefined();
    expect(sharedDirectoryError("d", "acme", ["globex", "initech"])).toMatch(
      /^directory d belongs to team globex, initech: .* users of "acme" would lose it\. .*set safeguards\.allowSharedDirectory to allow it$/,
    );
  });
});

describe("SCIM directory", () => {
  let test: TestSmallstep;
  let tenantUrl = "";
  let token = "";
  let options: { rootCert: string };

  beforeAll(async () => {
    test = await startTestSmallstep();
    tenantUrl = `${test.smallstep.scim.baseUrl}/${test.smallstep.directory.id}/v2`;
    token = test.smallstep.directory.token;
    options = { rootCert: test.authority.caPem };
    const user = { schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"] };
    for (let index = 0; index < 205; index++) {
      await test.scim("POST", "/Users", { ...user, userName: `user${index}`, active: index % 2 === 0 });
    }
  });
  afterAll(() => test.close());

  it("counts active users page by page and stops at the required number", async () => {
    expect(await countActiveUsers(tenantUrl, token, options)).toBe(103);
    const before = test.smallstep.scim.requests.length;
    expect(await countActiveUsers(tenantUrl, token, { ...options, enough: 10 })).toBeGreaterThanOrEqual(10);
    expect(test.smallstep.scim.requests.length - before).toBe(1);
  });

  it("finds missing users by user name", async () => {
    const names = ["user0", "user1", "nobody", 'a" or userName eq "user0'];
    expect(await missingUsers(tenantUrl, token, names, options)).toEqual(names.slice(1));
  });

  describe("refresh of a registration", () => {
    let messages: string[];
    const inputs = (scim: PropertyMap): PropertyMap => ({
      teamSlug: "acme",
      directoryId: test.smallstep.directory.id,
      caUrl: test.smallstep.ca.url,
      caRootCert: test.authority.caPem,
      provisioner: { name: "azuread", registered: false },
      onDestroy: "keep",
      scim,
    });
    async function refresh(scim: PropertyMap): Promise<string> {
      messages = [];
      const { host, port, deployer } = test.smallstep.database;
      const database = { host, port, ...deployer, sslRootCert: test.authority.caFile };
      const ctx: CallContext<SmallstepConfig> = {
        config: { database },
        signal: new AbortController().signal,
        log: (severity, message) => void messages.push(`${severity}: ${message}`),
        redact: (text) => text,
      };
      const found = await registration.read(ctx, { urn: "urn", id: "acme", inputs: inputs(scim), outputs: {} });
      // The plugin only reads the SCIM server, so `scim` never shows drift.
      expect(found?.inputs["scim"]).toEqual(scim);
      return messages.filter((line) => /directory/.test(line)).join("\n");
    }

    it("warns about too few active users once the team uses the directory", async () => {
      const scim = { tenantUrl, token, minimumUsers: 104 };
      expect(await refresh(scim)).toContain("uses directory none, not the declared one");
      await test.smallstep.query("update teams set ssh_directory_id = $1 where slug = 'acme'", [
        test.smallstep.directory.id,
      ]);
      expect(await refresh(scim)).toMatch(/^warning: Team "acme" uses directory .*, which holds 103 of at least 104/);
      expect(await refresh({ ...scim, minimumUsers: 103 })).toBe("");
    });

    it("warns and continues when the SCIM server rejects the token", async () => {
      expect(await refresh({ tenantUrl, token: "another", minimumUsers: 1 })).toMatch(
        /Cannot determine whether the directory of team "acme" holds users: .*401/,
      );
    });

    it("shows no change, so that no Job runs, when the SCIM token changes", async () => {
      const ctx = {} as CallContext<SmallstepConfig>;
      const ids = { urn: "urn", id: "acme", oldOutputs: {}, ignoreChanges: [] };
      const [before, after] = [inputs({ tenantUrl, token: "old" }), inputs({ tenantUrl, token: "new" })];
      expect((await registration.diff(ctx, { ...ids, oldInputs: before, newInputs: after })).changes).toEqual({});
      const unknown = inputs({ tenantUrl: UNKNOWN, token: UNKNOWN });
      expect((await registration.diff(ctx, { ...ids, oldInputs: before, newInputs: unknown })).changes).toEqual({});
    });
  });
});
