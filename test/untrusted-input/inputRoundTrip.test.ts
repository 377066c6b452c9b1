import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { V1Pod } from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ConfigurationError } from "@smallstep-ssh/stack";
import { checkSettings } from "@smallstep-ssh/stack/testing";
import { compareSettings, switchSettings, waitSettings } from "@smallstep-ssh/components";
import { quote } from "entra-mappings";
import { containerEnvironment, expand } from "@smallstep-ssh/sandbox";
import { untrustedStrings } from "entra-mappings/testing";
import { declareResources, type Declared } from "./declared";
import { keyOf, put, settings, withValue, type Path } from "./paths";

/** A free-text setting and the resource inputs that must contain its text unchanged. */
interface Arrival {
  path: Path;
  /** Returns the configuration value for a text. Default: the text itself. */
  given?: (text: string) => unknown;
  /** Returns the values in the declared resources that must equal the configuration value. */
  at: (find: (type: string) => Declared["inputs"]) => unknown[];
}

const constantOf = (text: string) => `Append([mailNickname], ${quote(text)})`;
const configMap = "kubernetes:core/v1:ConfigMap";
const credentials = (inputs: Declared["inputs"], index: number) => inputs.credentials[index].value as string;

const arrivals: Arrival[] = [
  { path: ["groups", 0, "create"], at: (find) => [find("azuread:index/group:Group").displayName] },
  { path: ["oidc", "displayName"], at: (find) => [find("azuread:index/application:Application").displayName] },
  {
    path: ["oidc", "provisionerName"],
    at: (find) => [find("usersync:smallstep:Registration").provisioner.name, find(configMap).data.PROVISIONER_NAME],
  },
  {
    path: ["scim", "displayName"],
    at: (find) => [find("azuread:index/applicationFromTemplate:ApplicationFromTemplate").displayName],
  },
  {
    path: ["scim", "token"],
    at: (find) => [
      credentials(find("azuread:index/synchronizationSecret:SynchronizationSecret"), 1),
      find("usersync:entra:Provisioning").credentials.secretToken,
      find("kubernetes:core/v1:Secret").stringData.SCIM_TOKEN,
    ],
  },
  {
    path: ["scim", "notificationEmail"],
    at: (find) => {
      const text = credentials(find("azuread:index/synchronizationSecret:SynchronizationSecret"), 2);
      return [(JSON.parse(text) as { Recipients: string }).Recipients];
    },
  },
  {
    path: ["mapping", "expression"],
    given: constantOf,
    at: (find) => [find("usersync:entra:AttributeMappings").mappings.userName.expression],
  },
  {
    path: ["mapping", "additionalMappings", "title", "constant"],
    at: (find) => [find("usersync:entra:AttributeMappings").mappings.title.constant],
  },
  {
    path: ["mapping", "additionalMappings", "externalId"],
    given: (text) => ({ source: "objectId", default: text }),
    at: (find) => [find("usersync:entra:AttributeMappings").mappings.externalId.default],
  },
  { path: ["smallstep", "authorityId"], at: (find) => [find(configMap).data.AUTHORITY_ID] },
  {
    path: ["database", "name"],
    at: (find) => [
      find("pulumi:providers:postgresql").database,
      find("postgresql:index/grant:Grant").database,
      find(configMap).data.PGDATABASE,
    ],
  },
  { path: ["database", "username"], at: (find) => [find("pulumi:providers:postgresql").username] },
  { path: ["database", "password"], at: (find) => [find("pulumi:providers:postgresql").password] },
];

/** Returns whether a configuration is accepted. Asserts that every error names the key. */
function isTaken(path: Path, value: unknown): boolean {
  try {
    checkSettings(withValue(path, value));
    return true;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const key = path[0] === "groups" ? "groups[0]" : keyOf(path);
    for (const problem of error.problems) {
      // The error can name the section instead when the value makes the whole section invalid.
      const named = problem.split(": ")[0] ?? "";
      expect(problem.startsWith(key) || key.startsWith(`${named}.`), `${key}: ${problem}`).toBe(true);
    }
    return false;
  }
}

const given = ({ given: written = (text) => text }: Arrival, text: string): unknown => written(text);
const taken = new Map(
  arrivals.map((arrival) => [
    arrival,
    new Set(untrustedStrings.map(({ text }) => text).filter((text) => isTaken(arrival.path, given(arrival, text)))),
  ]),
);
/** Number of declared deployments. Each uses one text per setting, so that every text is used several times. */
const runs = 40;
/** Texts that at least one setting accepts. */
const passing = untrustedStrings
  .map(({ text }) => text)
  .filter((text) => [...taken.values()].some((texts) => texts.has(text)));

describe(`configuration with ${untrustedStrings.length} untrusted strings`, () => {
  it("accepts each untrusted string or rejects it with an error that names the key in every text setting", () => {
    expect(untrustedStrings.length).toBeGreaterThanOrEqual(200);
    const texts = settings().filter(({ kind }) => kind === "string" || kind === "enum");
    expect(texts.length).toBeGreaterThan(25);
    let refused = 0;
    for (const { path } of texts) for (const { text } of untrustedStrings) if (!isTaken(path, text)) refused++;
    expect(refused).toBeGreaterThan(0);
  });

  it("accepts untrusted strings in free-text settings unless they contain invisible or reserved characters", () => {
    const wellMeant = untrustedStrings.filter(({ aim }) =>
      /shell|sql|html|markdown|quoting|format|yaml|json|kubelet|paths/.test(aim),
    );
    for (const { text } of wellMeant) {
      expect(isTaken(["oidc", "displayName"], text), text).toBe(true);
      expect(isTaken(["database", "password"], text), text).toBe(true);
    }
    for (const { text } of untrustedStrings.filter(({ aim }) =>
      /surrogates|reordering|controls|terminal|pulumi/.test(aim),
    )) {
      if (text.startsWith("{")) continue;
      for (const { path } of arrivals) expect(isTaken(path, text), JSON.stringify(text)).toBe(false);
    }
  });
});

describe(`stack with ${passing.length} accepted strings`, () => {
  let dir = "";
  /**
   * The declared resources and the text of each setting, per run. The texts differ so that each one is used in some
   * setting.
   */
  const declared: { all: Declared[]; texts: Map<Arrival, string> }[] = [];

  beforeAll(async () => {
    dir = mkdtempSync(path.join(tmpdir(), "untrusted-input-"));
    const tool = path.join(dir, "manage-provisioners");
    writeFileSync(tool, `#!/bin/sh\nprintf '%s\\0' "$@" > "${dir}/arguments"\n`);
    chmodSync(tool, 0o755);
    writeFileSync(path.join(dir, "decision"), "add");
    const used = new Map<string, number>();
    for (let run = 0; run < runs; run++) {
      const texts = new Map<Arrival, string>();
      for (const [arrival, own] of taken) {
        // Choose the least used text. Email settings accept none of them.
        const uses = (text: string) => used.get(text) ?? 0;
        const [text] = [...own].sort((a, b) => uses(a) - uses(b));
        if (text === undefined) continue;
        texts.set(arrival, text);
        used.set(text, uses(text) + 1);
      }
      declared.push({ all: await declareResources(configuration(texts)), texts });
    }
  }, 600_000);
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it("passes accepted strings unchanged to the resource inputs", () => {
    const arrived = new Set<string>();
    for (const { all, texts } of declared) {
      const find = (type: string) => all.find((one) => one.type === type)?.inputs;
      for (const [arrival, text] of texts) {
        const written = given(arrival, text);
        for (const value of arrival.at(find)) {
          expect(value, keyOf(arrival.path)).toBe(typeof written === "object" ? text : written);
        }
        arrived.add(text);
      }
    }
    expect(passing.filter((text) => !arrived.has(text))).toEqual([]);
  });

  it(
    "passes accepted strings unchanged through the Pod's environment to the Job's programs and manage-provisioners",
    { timeout: 240_000 },
    async () => {
      for (const { all, texts } of declared) {
        const data = all.find(({ type }) => type === configMap)?.inputs.data as Record<string, string>;
        const secrets = all.find(({ type }) => type === "kubernetes:core/v1:Secret")?.inputs.stringData as Record<
          string,
          string
        >;
        const spec = all.find(({ type }) => type === "kubernetes:batch/v1:Job")?.inputs.spec.template.spec;
        const pod = { metadata: { namespace: "smallstep" }, spec } as V1Pod;
        const read = (kind: "configmap" | "secret") => {
          const entries = Object.entries(kind === "secret" ? secrets : data);
          return Promise.resolve(new Map(entries.map(([key, value]) => [key, Buffer.from(value)])));
        };
        const environments = new Map<string, Record<string, string>>();
        for (const container of [...(spec.initContainers as V1Pod[]), ...(spec.containers as V1Pod[])]) {
          const found = await containerEnvironment(pod, container as never, read);
          environments.set((container as { name?: string }).name ?? "", Object.fromEntries(found));
        }
        const text = (key: string) => texts.get(arrivals.find((arrival) => keyOf(arrival.path) === key) as Arrival);
        const compare = compareSettings(environments.get("compare") ?? {});
        const wait = waitSettings(environments.get("wait-for-users") ?? {});
        const change = switchSettings(environments.get("switch-team") ?? {});
        expect(compare.wanted.name).toBe(text("oidc.provisionerName"));
        expect(wait.token).toBe(text("scim.token"));
        expect(change.database.name).toBe(text("database.name"));

        const register = (spec.initContainers as { name: string; command: string[] }[]).find(
          ({ name }) => name === "register",
        );
        const env = environments.get("register") ?? {};
        const command = (register?.command ?? []).map((word) => expand(word, new Map(Object.entries(env))));
        // Only the paths of this machine differ from the Pod's environment.
        const place = { PATH: `${dir}:${process.env["PATH"] ?? ""}`, WORK_DIR: dir };
        execFileSync(command[0] ?? "", command.slice(1), { env: { ...env, ...place }, cwd: dir, stdio: "pipe" });
        const got = readFileSync(path.join(dir, "arguments"), "utf8").split("\0");
        // Compare by position, because a value can look like a flag.
        expect(got[4]).toBe(text("oidc.provisionerName"));
        expect(got[got.length - 5]).toBe(text("smallstep.authorityId"));
      }
    },
  );
});

/** Returns a configuration with these texts in the free-text settings. */
function configuration(texts: ReadonlyMap<Arrival, string>): Record<string, unknown> {
  const all = withValue(["checks"], undefined);
  for (const [arrival, text] of texts) put(all, arrival.path, given(arrival, text));
  return all;
}
