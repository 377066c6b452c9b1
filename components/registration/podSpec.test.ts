import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { podSpec } from "./podSpec";
import { registerScript } from "./registerScript";

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
  it("runs the Job's steps in order and gives each only the secrets that it needs", () => {
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

  it("passes settings by reference, so that a kubelet never expands $(NAME) in a value", () => {
    const values = all.flatMap(({ env }) => env.filter(({ value }) => value !== undefined).map(({ name }) => name));
    expect([...new Set(values)].sort()).toEqual(["HOME", "REGISTER_SECONDS", "TMPDIR", "WORK_DIR"]);
  });

  it("applies security-context overrides only to the admin-tools container", () => {
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

  it("complies with the restricted Pod Security Standard, with a read-only root file system", () => {
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

  /** Runs the script with a custom tool and returns what it wrote to the Pod's shared folder. */
  function runWith(tool: string, decision: string, values: Record<string, string>) {
    rmSync(work, { recursive: true, force: true });
    // The folder holds files, which an unquoted pattern would match.
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

  it("calls manage-provisioners with the documented arguments", () => {
    expect(run("add", usual)).toEqual([
      ...["--ssh", "--type", "OIDC", "--name", "azuread", "--listen-address", "127.0.0.1:10000"],
      ...["--client-id", "id", "--client-secret", "secret", "--configuration-endpoint", usual.CONFIGURATION_ENDPOINT],
      ...["--domain", "a.com", "--domain", "b.com", "--authority", "authority", "--tenant-id", "tenant", "add"],
    ]);
  });

  it("updates an existing provisioner with the configured verb", () => {
    const [added, changed] = [run("add", usual), run("update", { ...usual, UPDATE_VERB: "set" })];
    expect(changed).toEqual([...added.slice(0, -1), "set"]);
  });

  it("omits --listen-address when no address is set", () => {
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

  it("does not call manage-provisioners when the decision is skip", () => {
    expect(run("skip", usual)).toEqual([]);
  });

  it("does not call manage-provisioners when an earlier step has failed", () => {
    const tool = "#!/bin/sh\ntouch called\n";
    const { status } = runWith(`${tool}: >failed\n`, "add", usual);
    expect(status).toBe("0");
    writeFileSync(path.join(work, "failed"), "compare");
    rmSync(path.join(work, "called"));
    execFileSync("sh", ["-c", registerScript], { env: { PATH: bin + ":/bin:/usr/bin", WORK_DIR: work, ...usual } });
    expect(existsSync(path.join(work, "called"))).toBe(false);
  });

  it("saves the exit code and the output of a failed tool without logging the output", () => {
    const tool = '#!/bin/sh\necho "tried $*"; echo "no such authority" >&2; exit 7\n';
    const { log, status, output, timedOut } = runWith(tool, "add", usual);
    expect(log).toBe("register: manage-provisioners ended with exit code 7\n");
    expect([status, timedOut]).toEqual(["7", false]);
    expect(output).toMatch(/^tried --ssh .*\nno such authority\n$/);
    expect(log).not.toContain(usual.CLIENT_SECRET);
  });

  it("reports exit code 127 when the image lacks manage-provisioners", () => {
    const { status, output } = runWith("", "add", { ...usual, PATH: "/usr/bin:/bin" });
    expect(status).toBe("127");
    expect(output).toContain("manage-provisioners");
  });

  it("stops a tool that hangs and records the timeout", () => {
    const { status, timedOut } = runWith("#!/bin/sh\nexec sleep 600\n", "add", { ...usual, REGISTER_SECONDS: "1" });
    expect([status, timedOut]).toEqual(["137", true]);
  });

  it("limits the size of endless tool output", () => {
    const { status, output = "" } = runWith("#!/bin/sh\nexec yes garbage\n", "add", usual);
    expect(status).not.toBe("0");
    expect(output.length).toBeLessThan(8 * 1024 * 1024);
  });

  it("passes every value to manage-provisioners unchanged", () => {
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
