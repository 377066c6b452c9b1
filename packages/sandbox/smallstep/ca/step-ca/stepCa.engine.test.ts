import { execFile } from "node:child_process";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { publishedProvisioners } from "@smallstep-ssh/usersync/clients";
import { sshPrincipals } from "entra-mappings";
import { startGraph, type GraphEmulator } from "entra-emulator";
import { findStepCa } from "../../../engine/engineAvailability";
import { startTestSmallstep, type TestSmallstep } from "../../testing";
import { invalidTokens } from "../invalidTokens";
import { signUser } from "./sign";

const upn = "bill.gates@corp.com";
let missing: string | undefined;
let test: TestSmallstep;
let graph: GraphEmulator;
let clientId: string;

beforeAll(async () => {
  const stepCa = await findStepCa();
  if (typeof stepCa === "string") return void (missing = stepCa);
  test = await startTestSmallstep({ stepCa });
  graph = await startGraph({ authority: test.authority });
  // A separate application, because the deployer's application is the audience of the wrong tokens.
  clientId = graph.addClient({ permissions: [], displayName: "Smallstep SSH" }).clientId;
});
afterAll(async () => {
  await graph?.close();
  await test?.close();
});
beforeEach((context) => {
  if (missing !== undefined) context.skip(missing);
});

const endpoint = () => `${graph.url}/${graph.tenantId}/v2.0/.well-known/openid-configuration`;
const ca = () => ({ url: test.smallstep.ca.url, rootCert: test.authority.caPem });
const names = async () => (await test.smallstep.ca.provisioners()).map(({ name }) => name).sort();

/** Runs manage-provisioners as the Job's container does. */
function manageProvisioners(
  changes: Record<string, string> = {},
  verb = "add",
): Promise<{ code: number; stderr: string }> {
  const flags = {
    type: "OIDC",
    name: "azuread",
    "listen-address": "127.0.0.1:10000",
    "client-id": clientId,
    "client-secret": "s3cret",
    "configuration-endpoint": endpoint(),
    authority: test.smallstep.team.authorityId,
    "tenant-id": graph.tenantId,
    domain: "corp.com",
    ...changes,
  };
  const args = ["--ssh", ...Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]), verb];
  const { path, env } = test.smallstep.image;
  return new Promise((resolve) =>
    execFile(
      `${path[0]}/manage-provisioners`,
      args,
      { env: { PATH: "/usr/bin:/bin", ...env } },
      (error, _out, stderr) => resolve({ code: error === null ? 0 : Number(error.code), stderr }),
    ),
  );
}

describe("step-ca", () => {
  it("starts with the provisioners of a new authority", async () => {
    expect(await names()).toEqual(["SSH POP", "admin"]);
  });

  it("accepts a provisioner from manage-provisioners and publishes the fields that the plugin compares", async () => {
    expect(await manageProvisioners()).toEqual({ code: 0, stderr: "" });
    const published = await publishedProvisioners(ca().url, { rootCert: ca().rootCert });
    expect(published.find(({ name }) => name === "azuread")).toMatchObject({
      type: "OIDC",
      clientID: clientId,
      clientSecret: "s3cret",
      configurationEndpoint: endpoint(),
      tenantID: graph.tenantId,
      domains: ["corp.com"],
      listenAddress: "127.0.0.1:10000",
    });
  });

  it("rejects a duplicate name, a duplicate client, and a URL that is not an OpenID configuration", async () => {
    expect(await manageProvisioners()).toMatchObject({ code: 1, stderr: expect.stringContaining("azuread") });
    expect(await manageProvisioners({ name: "again" })).toMatchObject({ code: 1 });
    const elsewhere = `${ca().url}/roots`;
    expect(
      await manageProvisioners({ name: "none", "client-id": "none", "configuration-endpoint": elsewhere }),
    ).toMatchObject({ code: 1 });
    expect(await names()).toEqual(["SSH POP", "admin", "azuread"]);
  });

  it("updates a provisioner in place without interrupting signing", async () => {
    const idToken = () => graph.idToken(upn, clientId);
    let ended = false;
    const statuses: number[] = [];
    const logins = (async () => {
      while (!ended) statuses.push((await signUser(ca(), await idToken())).status);
    })();
    expect(await manageProvisioners({ "client-secret": "another" }, "update")).toEqual({ code: 0, stderr: "" });
    ended = true;
    await logins;
    expect(statuses.length).toBeGreaterThan(0);
    expect([...new Set(statuses)]).toEqual([201]);
    const published = await publishedProvisioners(ca().url, { rootCert: ca().rootCert });
    expect(published.find(({ name }) => name === "azuread")).toMatchObject({
      clientID: clientId,
      clientSecret: "another",
    });
    expect(await manageProvisioners({ name: "nobody" }, "update")).toMatchObject({ code: 1 });
    expect(await signUser(ca(), await graph.idToken("no.mail@corp.com", clientId))).toMatchObject({ status: 400 });
  });

  it.each(["bill.gates@corp.com", "Grace.Hopper@corp.com", "anne-marie.dupont@corp.com", "under_score@corp.com"])(
    "signs the principals for %s that the user name check predicts",
    async (who) => {
      const answer = await signUser(ca(), await graph.idToken(who, clientId));
      expect(answer).toMatchObject({ status: 201 });
      if (!("certificate" in answer)) return;
      expect(answer.certificate).toMatchObject({
        type: "ecdsa-sha2-nistp256-cert-v01@openssh.com",
        keyId: who,
        principals: sshPrincipals(who),
        genuine: true,
      });
      expect(answer.certificate.principals).toContain(who.split("@")[0]);
      const { validFrom, validUntil } = answer.certificate;
      expect(validFrom.getTime()).toBeLessThan(Date.now());
      // Sixteen hours, plus one minute because step-ca backdates certificates.
      expect(validUntil.getTime() - validFrom.getTime()).toBe((16 * 60 + 1) * 60_000);
    },
  );

  it("rejects every ID token with one wrong property", async () => {
    const cases = Object.entries(invalidTokens(graph, clientId, upn));
    const statuses = new Map<string, number>();
    for (const [description, idToken] of cases)
      statuses.set(description, (await signUser(ca(), await idToken())).status);
    expect(Object.fromEntries(statuses)).toEqual(
      Object.fromEntries(
        cases.map(([description]) => [description, description === "a token without an email" ? 400 : 401]),
      ),
    );
    expect(await signUser(ca(), "no token at all")).toMatchObject({ status: 401 });
  });

  it("does not sign a requested foreign principal or a host certificate", async () => {
    const asRoot = await signUser(ca(), await graph.idToken(upn, clientId), { principals: ["root"] });
    expect("certificate" in asRoot ? asRoot.certificate.principals : []).not.toContain("root");
    const host = await signUser(ca(), await graph.idToken(upn, clientId), { certType: "host" });
    expect(host).not.toHaveProperty("certificate");
  });

  it("rejects sign-ins after the provisioner was removed", async () => {
    const idToken = await graph.idToken(upn, clientId);
    await test.smallstep.ca.remove("azuread");
    expect(await names()).toEqual(["SSH POP", "admin"]);
    expect(await signUser(ca(), idToken)).toMatchObject({ status: 401 });
    await expect(test.smallstep.ca.remove("azuread")).rejects.toThrow(/azuread/);
  });

  it("signs a certificate without principals for a token without an email when the template is the default", async () => {
    await test.smallstep.ca.add({
      type: "OIDC",
      name: "plain",
      clientID: clientId,
      clientSecret: "s3cret",
      configurationEndpoint: endpoint(),
      domains: ["corp.com"],
      claims: { enableSSHCA: true },
    });
    const answer = await signUser(ca(), await graph.idToken("no.mail@corp.com", clientId));
    expect(answer).toMatchObject({ status: 201, certificate: { principals: [] } });
  });
});
