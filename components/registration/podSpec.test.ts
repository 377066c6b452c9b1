import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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
const spec = podSpec({ adminToolsImage: "admin", nodeImage: "node", configMap: "c", secret: "s" }) as unknown as {
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
      ["confirm", ["CLIENT_SECRET"]],
      ["wait-for-users", ["SCIM_TOKEN"]],
      ["switch-team", ["PGPASSWORD"]],
    ]);
  });

  it("gives no setting as a value, in which a kubelet would expand $(NAME)", () => {
    const values = all.flatMap(({ env }) => env.filter(({ value }) => value !== undefined).map(({ name }) => name));
    expect([...new Set(values)].sort()).toEqual(["HOME", "REGISTER_SECONDS", "TMPDIR", "WORK_DIR"]);
  });

  it("gives the admin-tools image what it cannot do without, and the others nothing", () => {
    const options = { adminToolsImage: "admin", nodeImage: "node", configMap: "c", secret: "s" };
    const weak = podSpec({
      ...options,
      adminTools: { user: 0, readOnlyRootFilesystem: false },
    }) as unknown as typeof spec;
    const contexts = [...weak.initContainers, ...weak.containers].map(({ name, securityContext }) => [
      name,
      securityContext,
    ]);
    const usual = {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    };
    expect(Object.fromEntries(contexts)).toEqual({
      compare: usual,
      register: { ...usual, readOnlyRootFilesystem: false, runAsUser: 0, runAsNonRoot: false },
      confirm: usual,
      "wait-for-users": usual,
      "switch-team": usual,
    });
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
  let bin = "";
  let work = "";
  beforeAll(() => {
    bin = mkdtempSync(path.join(tmpdir(), "register-"));
    work = path.join(bin, "work");
  });
  afterAll(() => rmSync(bin, { recursive: true, force: true }));

  /** Runs the script with a tool of one's own, and answers what it left in the Pod's folder. */
  function runWith(tool: string, decision: string, values: Record<string, string>) {
    rmSync(work, { recursive: true, force: true });
    // With files in it, which an unquoted pattern would find.
    mkdirSync(work);
    writeFileSync(path.join(work, "decision"), decision);
    writeFileSync(path.join(bin, "manage-provisioners"), tool);
    chmodSync(path.join(bin, "manage-provisioners"), 0o755);
    const env = { PATH: `${bin}:${process.env["PATH"] ?? ""}`, WORK_DIR: work, REGISTER_SECONDS: "30", ...values };
    const log = execFileSync("sh", ["-c", registerScript], { env, stdio: "pipe", encoding: "utf8" });
    const file = (name: string) => {
      const at = path.join(work, `register.${name}`);
      return existsSync(at) ? readFileSync(at, "utf8") : undefined;
    };
    return { log, status: file("status")?.trim(), output: file("output"), timedOut: file("timeout") !== undefined };
  }

  function run(decision: string, values: Record<string, string>): string[] {
    const { output = "" } = runWith(`#!/bin/sh\nprintf '%s\\0' "$@"\n`, decision, values);
    return output.split("\0").slice(0, -1);
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
    UPDATE_VERB: "update",
  };

  it("calls manage-provisioners as documented", () => {
    expect(run("add", usual)).toEqual([
      ...["--ssh", "--type", "OIDC", "--name", "azuread", "--listen-address", "127.0.0.1:10000"],
      ...["--client-id", "id", "--client-secret", "secret", "--configuration-endpoint", usual.CONFIGURATION_ENDPOINT],
      ...["--domain", "a.com", "--domain", "b.com", "--authority", "authority", "--tenant-id", "tenant", "add"],
    ]);
  });

  it("changes one that is there by the verb that it is told", () => {
    const [added, changed] = [run("add", usual), run("update", { ...usual, UPDATE_VERB: "set" })];
    expect(changed).toEqual([...added.slice(0, -1), "set"]);
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

  it("does nothing when an earlier step has failed", () => {
    const tool = "#!/bin/sh\ntouch called\n";
    const { status } = runWith(`${tool}: >failed\n`, "add", usual);
    expect(status).toBe("0");
    writeFileSync(path.join(work, "failed"), "compare");
    rmSync(path.join(work, "called"));
    execFileSync("sh", ["-c", registerScript], { env: { PATH: bin + ":/bin:/usr/bin", WORK_DIR: work, ...usual } });
    expect(existsSync(path.join(work, "called"))).toBe(false);
  });

  it("leaves how a tool failed and what it said, and says none of it", () => {
    const tool = '#!/bin/sh\necho "tried $*"; echo "no such authority" >&2; exit 7\n';
    const { log, status, output, timedOut } = runWith(tool, "add", usual);
    expect(log).toBe("register: manage-provisioners ended with exit code 7\n");
    expect([status, timedOut]).toEqual(["7", false]);
    expect(output).toMatch(/^tried --ssh .*\nno such authority\n$/);
    expect(log).not.toContain(usual.CLIENT_SECRET);
  });

  it("says that the image has no such tool", () => {
    const { status, output } = runWith("", "add", { ...usual, PATH: "/usr/bin:/bin" });
    expect(status).toBe("127");
    expect(output).toContain("manage-provisioners");
  });

  it("stops a tool that hangs", () => {
    const { status, timedOut } = runWith("#!/bin/sh\nexec sleep 600\n", "add", { ...usual, REGISTER_SECONDS: "1" });
    expect([status, timedOut]).toEqual(["137", true]);
  });

  it("cuts a tool short that never stops talking, before the volume is full", () => {
    const { status, output = "" } = runWith("#!/bin/sh\nexec yes garbage\n", "add", usual);
    expect(status).not.toBe("0");
    expect(output.length).toBeLessThan(8 * 1024 * 1024);
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
