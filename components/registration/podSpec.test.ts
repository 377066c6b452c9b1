import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { podSpec, registerScript } from "./podSpec";

interface Plain {
  name: string;
  image: string;
  env: { name: string; value?: string; valueFrom?: { secretKeyRef?: { key: string } } }[];
  securityContext: object;
}
const spec = podSpec({ adminToolsImage: "admin", runnerImage: "node", configMap: "c", secret: "s" }) as unknown as {
  initContainers: Plain[];
  containers: Plain[];
  securityContext: object;
  automountServiceAccountToken: boolean;
};
const all = [...spec.initContainers, ...spec.containers];

describe("podSpec", () => {
  it("runs the steps in order, each with the secrets that it needs and no others", () => {
    const secrets = all.map(({ name, env }) => [
      name,
      env.flatMap((entry) => entry.valueFrom?.secretKeyRef?.key ?? []),
    ]);
    expect(secrets).toEqual([
      ["compare", ["CLIENT_SECRET"]],
      ["register", ["CLIENT_SECRET"]],
      ["wait-for-users", ["SCIM_TOKEN"]],
      ["switch-team", ["PGPASSWORD"]],
    ]);
  });

  it("gives no setting as a value, in which a kubelet would expand $(NAME)", () => {
    const values = all.flatMap(({ env }) => env.filter(({ value }) => value !== undefined).map(({ name }) => name));
    expect([...new Set(values)].sort()).toEqual(["DECISION_FILE", "HOME", "TMPDIR"]);
  });

  it("keeps to the restricted Pod Security Standard, with a read-only root", () => {
    expect(spec.automountServiceAccountToken).toBe(false);
    expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } });
    for (const { securityContext } of all) {
      expect(securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      });
    }
  });
});

describe("registerScript", () => {
  let dir = "";
  beforeAll(() => {
    dir = mkdtempSync(path.join(tmpdir(), "register-"));
    const tool = path.join(dir, "manage-provisioners");
    writeFileSync(tool, `#!/bin/sh\nprintf '%s\\0' "$@" > "${dir}/arguments"\n`);
    chmodSync(tool, 0o755);
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  function run(decision: string, values: Record<string, string>): string[] {
    writeFileSync(path.join(dir, "decision"), decision);
    writeFileSync(path.join(dir, "arguments"), "");
    const env = { PATH: `${dir}:${process.env["PATH"] ?? ""}`, DECISION_FILE: path.join(dir, "decision"), ...values };
    // In a folder with files, which an unquoted pattern would find.
    execFileSync("sh", ["-c", registerScript], { env, cwd: dir, stdio: "pipe" });
    return readFileSync(path.join(dir, "arguments"), "utf8").split("\0").slice(0, -1);
  }
  const usual = {
    PROVISIONER_NAME: "azuread",
    LISTEN_ADDRESS: "127.0.0.1:10000",
    CLIENT_ID: "id",
    CLIENT_SECRET: "secret",
    CONFIGURATION_ENDPOINT: "https://login/t/v2.0/.well-known/openid-configuration",
    DOMAINS: "a.com,b.com",
    AUTHORITY_ID: "authority",
    TENANT_ID: "tenant",
  };

  it("calls manage-provisioners as documented", () => {
    expect(run("add", usual)).toEqual([
      ...["--ssh", "--type", "OIDC", "--name", "azuread", "--listen-address", "127.0.0.1:10000"],
      ...["--client-id", "id", "--client-secret", "secret", "--configuration-endpoint", usual.CONFIGURATION_ENDPOINT],
      ...["--domain", "a.com", "--domain", "b.com", "--authority", "authority", "--tenant-id", "tenant", "add"],
    ]);
  });

  it("leaves the address to step when none is said", () => {
    expect(run("add", { ...usual, LISTEN_ADDRESS: "" }).slice(0, 7)).toEqual([
      "--ssh",
      "--type",
      "OIDC",
      "--name",
      "azuread",
      "--client-id",
      "id",
    ]);
  });

  it("does nothing when the provisioner is there already", () => {
    expect(run("skip", usual)).toEqual([]);
  });

  it("hands every value over exactly as it is, whatever is in it", () => {
    const nasty = fc.oneof(
      fc.string({ minLength: 1 }),
      fc.constantFrom("$(touch x)", "`id`", "'\"; exit 1 #", "*", "a b\n\tc", "$CLIENT_ID", "\\", "\u202e", "--flag"),
    );
    const clean = nasty.map((value) => value.replaceAll("\0", "") || "x");
    fc.assert(
      fc.property(clean, clean, clean, (name, secret, authority) => {
        const got = run("add", { ...usual, PROVISIONER_NAME: name, CLIENT_SECRET: secret, AUTHORITY_ID: authority });
        expect([got[4], got[10], got[18]]).toEqual([name, secret, authority]);
      }),
      { numRuns: 60 },
    );
  });
});
