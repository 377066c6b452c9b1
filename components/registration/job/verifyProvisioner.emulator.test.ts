import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startStandIn, type CertificateAuthority } from "@smallstep-ssh/sandbox";
import { registerSecret } from "@smallstep-ssh/usersync/output";
import { createAuthority, type Authority } from "entra-emulator";
import type { Clock } from "./retryUntil";
import { verifyProvisioner } from "./verifyProvisioner";
import { describeOutputTail } from "./toolOutputTail";
import { StepState } from "./stepState";

describe("verifyProvisioner", () => {
  let dir = "";
  let authority: Authority;
  let ca: CertificateAuthority;
  const wanted = {
    name: "azuread",
    clientId: "client",
    clientSecret: "s3cret-of-the-client",
    configurationEndpoint: "https://login/t/v2.0/.well-known/openid-configuration",
    tenantId: "t",
    domains: ["corp.com"],
    listenAddress: "127.0.0.1:10000",
  };
  const published = {
    type: "OIDC",
    name: wanted.name,
    clientID: wanted.clientId,
    clientSecret: wanted.clientSecret,
    configurationEndpoint: wanted.configurationEndpoint,
    tenantID: wanted.tenantId,
    domains: wanted.domains,
    listenAddress: wanted.listenAddress,
  };

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), "confirm-"));
    authority = await createAuthority(join(dir, "tls"));
    ca = await startStandIn({ authority, authorityId: "a" });
  });
  afterAll(async () => {
    await ca?.close();
    rmSync(dir, { recursive: true, force: true });
  });
  beforeEach(async () => {
    await ca.remove("azuread").catch(() => undefined);
    for (const name of ["status", "output"]) rmSync(join(dir, `register.${name}`), { force: true });
  });

  /** Returns a clock whose time passes only during sleeps. `during` runs in the first sleep. */
  function fakeClock(during: () => Promise<unknown> = () => Promise.resolve()): Clock & { slept: number } {
    const clock = {
      slept: 0,
      now: () => clock.slept,
      sleep: async (milliseconds: number) => {
        if (clock.slept === 0) await during();
        clock.slept += milliseconds;
      },
    };
    return clock;
  }
  function ended(exitCode: number, output: string): void {
    writeFileSync(join(dir, "register.status"), `${exitCode}\n`);
    writeFileSync(join(dir, "register.output"), output);
  }
  const run = (clock: Clock, caUrl = ca.url, lines: string[] = []) => {
    const settings = { caUrl, rootCert: authority.caPem, wanted };
    return verifyProvisioner(settings, new StepState(dir), (line) => void lines.push(line), clock);
  };

  it("fails when the tool exits 0 but nothing is published", async () => {
    ended(0, "Done.");
    const clock = fakeClock();
    await expect(run(clock)).rejects.toThrow(
      /^manage-provisioners ended with exit code 0; last output: Done\., and the CA does not publish provisioner "azuread" after 120 s\..*refresh-authority/,
    );
    expect(clock.slept).toBeGreaterThan(100_000);
  });

  it("retries while the CA is unreachable or does not publish the provisioner yet", async () => {
    ended(0, "Done.");
    const clock = fakeClock(() => ca.add(published));
    await run(clock);
    expect(clock.slept).toBe(1000);
    const down = fakeClock();
    await expect(run(down, "https://127.0.0.1:1")).rejects.toThrow(/got no response \(ECONNREFUSED\) after 120 s/);
  });

  it("succeeds when the tool failed but the provisioner is already published", async () => {
    ended(1, "error adding provisioner: azuread already exists");
    await ca.add(published);
    const lines: string[] = [];
    await run(fakeClock(), ca.url, lines);
    expect(lines).toEqual([
      "manage-provisioners ended with exit code 1; last output: error adding provisioner: azuread already exists",
      'the CA publishes provisioner "azuread" as configured',
    ]);
  });

  it("reports the differences when the CA publishes the provisioner with other values", async () => {
    ended(0, "Done.");
    await ca.add({ ...published, domains: ["evil.example"] });
    await expect(run(fakeClock())).rejects.toThrow(
      /exit code 0.*, and the CA still publishes provisioner "azuread" unchanged: domains are \["evil\.example"\]/,
    );
  });
});

describe("describeOutputTail", () => {
  beforeAll(() => ["hush", "hush-hush"].forEach(registerSecret));

  it("joins the last output lines into one, without control characters and secrets", () => {
    expect(describeOutputTail("one\ntwo\r\n\n\u001b[31mthree hush\u0007\n")).toBe(
      "; last output: one; two; [31mthree [secret]",
    );
    expect(describeOutputTail(" \n\u202e\n")).toBe("; no output");
  });

  it("returns a short, safe text for any tool output", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 800 }), (output) => {
        const tail = describeOutputTail(`${output}hush-hush${output}`);
        expect(tail.length).toBeLessThan(620);
        expect(tail).not.toMatch(/[\p{Cc}]/u);
        expect(tail).not.toContain("hush-hush");
      }),
      { numRuns: 50 },
    );
  });
});
