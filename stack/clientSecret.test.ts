import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Provider } from "@smallstep-ssh/usersync";
import { checkRotation, expiryWarning, rotationProblem } from "./clientSecret";
import { checkStack } from "./config/teams";
import { minimalSettings } from "./testing/minimalSettings";
import { setMocks } from "./testing/mocks";

const at = "oidc.clientSecretVersion";

describe("expiryWarning", () => {
  const now = new Date("2027-06-15T12:00:00Z");
  const warning = (end: string, days = 30) => expiryWarning({ version: 3, end, at }, days, now);

  it.each<[string, RegExp | undefined]>([
    ["2299-12-31T00:00:00Z", undefined],
    ["2027-07-15T12:00:01Z", undefined],
    ["2027-07-15T12:00:00Z", /ends on 2027-07-15, in 30 days\./],
    ["2027-06-16T13:00:00Z", /ends on 2027-06-16, in 1 day\./],
    ["2027-06-15T13:00:00Z", /ends on 2027-06-15, in 0 days\./],
    ["2027-06-13T11:00:00Z", /ended on 2027-06-13, 2 days ago: no user can log in\./],
  ])("warns about a client secret that ends %s only within the warning period", (end, sentence) => {
    if (sentence === undefined) expect(warning(end)).toBeUndefined();
    else expect(warning(end)).toMatch(sentence);
  });

  it("names the settings to change in the expiry warning", () => {
    expect(warning("2027-06-20T00:00:00Z")).toBe(
      "oidc.clientSecretVersion: client secret 3 ends on 2027-06-20, in 4 days. Set clientSecretEndDate to a later date and clientSecretVersion to 4, " +
        "then run pulumi up",
    );
  });

  it("returns no expiry warning for a period of 0 days or an invalid date", () => {
    expect(warning("2020-01-01T00:00:00Z", 0)).toBeUndefined();
    expect(warning("never")).toBeUndefined();
  });

  it("keeps warning about an expiring secret on every later day", () => {
    const day = 24 * 3600 * 1000;
    fc.assert(
      fc.property(fc.integer({ min: -400, max: 400 }), fc.integer({ min: 1, max: 365 }), (offset, days) => {
        const end = new Date(now.getTime() + offset * day).toISOString();
        const secret = { version: 1, end, at };
        const today = expiryWarning(secret, days, now);
        const tomorrow = expiryWarning(secret, days, new Date(now.getTime() + day));
        expect(today !== undefined).toBe(offset <= days);
        if (today !== undefined) expect(tomorrow).toBeDefined();
      }),
    );
  });
});

describe("rotationProblem", () => {
  const problem = (publishedSecret: string | undefined, previousSecret: string | undefined) =>
    rotationProblem({ version: 3, at }, "azuread", publishedSecret, previousSecret);

  it("allows the rotation when the CA has the secret of the version before", () => {
    expect(problem("two", "two")).toBeUndefined();
  });

  it("rejects the rotation when the previous one has not reached the CA", () => {
    expect(problem("one", "two")).toBe(
      'oidc.clientSecretVersion: is 3, but the CA\'s provisioner "azuread" does not have client secret 2 yet: set it back to 2, ' +
        "run pulumi up --refresh and check that the Job succeeds",
    );
  });

  it("rejects the rotation when it skips a version", () => {
    expect(problem("one", undefined)).toBe(
      "oidc.clientSecretVersion: is 3, but there is no client secret 2 yet: increase it by one at a time",
    );
  });

  it("never includes a client secret in the message", () => {
    const word = fc.string({ minLength: 20 });
    fc.assert(
      fc.property(word, word, (inCa, previousSecret) => {
        const text = problem(inCa, previousSecret) ?? "";
        expect(text.includes(inCa) || text.includes(previousSecret)).toBe(false);
      }),
    );
  });
});

describe("checkRotation", () => {
  const team = (checks: object = {}) => {
    const oidc = { ...minimalSettings().oidc, clientSecretVersion: 3 };
    return checkStack({ ...minimalSettings(), oidc, checks }).teams[0] ?? expect.fail();
  };

  /** Checks a rotation of the secret "two" at a CA that publishes this provisioner. */
  async function check(published: object, of = team()): Promise<void> {
    await setMocks({ newResource: ({ name }) => ({ id: name, state: {} }), call: () => published });
    const rotation = { clientId: pulumi.output("client"), previousSecret: pulumi.secret("two") };
    return checkRotation(of, rotation, new Provider("usersync", {}));
  }

  it.each([
    ["the CA has the secret of the version before", { clientId: "client", clientSecret: "two" }],
    ["the CA has no such provisioner", {}],
    ["the CA has a provisioner of another client", { clientId: "other", clientSecret: "one" }],
  ])("allows the rotation when %s", async (_, published) => {
    await check(published);
  });

  it("rejects the rotation when the CA has another secret, unless connections are not checked", async () => {
    const published = { clientId: "client", clientSecret: "one" };
    await expect(check(published)).rejects.toThrow(/does not have client secret 2 yet/);
    await check(published, team({ connections: "off" }));
  });
});
