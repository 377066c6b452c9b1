import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SynchronizationJob } from "@smallstep-ssh/usersync/clients";
import { intervalSeconds, evaluateHealth } from "./evaluateHealth";
import { tokenEndDate } from "./readObservation";
import { statusTable } from "./render";
import { run } from "../test/terminal";
import { statusCommand } from "../commands/status";
import { levels, type Deployed, type Expected, type Level, type Observation, type Row } from "./types";

const at = "2026-03-01T12:00:00.000Z";
const directoryId = "1f3c1c4e-0e0b-4a55-8f0e-1d7e4a1b2c3d";
const expected: Expected = {
  name: "prod",
  teamSlug: "acme",
  directoryId,
  provisionerName: "azuread",
  registrationJob: "registration-acme--prod-1",
  clientSecretEndDate: "2299-12-31T00:00:00Z",
};
const ended = (minutes: number) => new Date(Date.parse(at) - minutes * 60_000).toISOString();
const last = { state: "Succeeded", timeBegan: ended(12), timeEnded: ended(10), countEscrowed: 0 };
const job = (status: SynchronizationJob["status"] = {}, state = "Active"): SynchronizationJob => ({
  id: "scim.1",
  schedule: { state, interval: "PT40M" },
  status: {
    code: "Active",
    lastExecution: last,
    lastSuccessfulExecution: last,
    synchronizedEntryCountByType: [
      { key: "User to urn:ietf:params:scim:schemas:core:2.0:User", value: 61 },
      { key: "Group to http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group", value: 1 },
    ],
    ...status,
  },
});
const healthy: Observation = {
  at,
  job: { value: job() },
  failures: { value: { failures: [], complete: true } },
  users: { value: 61 },
  registration: { value: { state: "complete" } },
  team: { value: directoryId.toUpperCase() },
  provisioner: { value: [] },
  secrets: { value: [{ keyId: "k", displayName: null, endDateTime: "2299-12-31T00:00:00Z" }] },
};
const unseen: Observation["registration"] = { value: null };
const statusOf = (change: Partial<Observation>) =>
  evaluateHealth(expected, { ...healthy, ...change }, { warnDays: 30, list: 2 });
const rowOf = (change: Partial<Observation>, check: string): Row =>
  statusOf(change).rows.find((row) => row.check === check)!;

it("reports a cause that stops several checks once", () => {
  const signIn = { why: "Entra ID issued no token: AADSTS7000215." };
  const { rows, level } = statusOf({ job: signIn, failures: signIn, secrets: signIn, team: { why: "ECONNREFUSED" } });
  expect(level).toBe("unknown");
  expect(rows.filter((row) => row.level === "unknown").map(({ check, text }) => [check, text])).toEqual([
    ["provisioning", signIn.why],
    ["failures", "not checked: see provisioning"],
    ["team", "ECONNREFUSED"],
    ["client secret", "not checked: see provisioning"],
  ]);
});

it("reports every row of a healthy deployment as ok", () => {
  const status = statusOf({});
  expect(status.rows.map(({ check, level, text }) => [check, level, text])).toEqual([
    ["provisioning", "ok", "runs"],
    ["last cycle", "ok", "succeeded 10 min ago"],
    ["synchronized", "ok", "61 users, 1 group"],
    ["failures", "ok", "none in the log of the last 24 hours"],
    ["SCIM directory", "ok", "61 users; the token is accepted"],
    ["registration Job", "ok", "registration-acme--prod-1 has finished"],
    ["team", "ok", "acme uses the directory"],
    ["provisioner", "ok", "azuread is published, as declared"],
    ["client secret", "ok", "expires on 2299-12-31"],
  ]);
  expect([status.level, levels[status.level].exitCode]).toEqual(["ok", 0]);
});

const failedJob = { state: "failed", reason: "register: failed: no authority x" } as const;

describe("registration Job", () => {
  const unregistered = { team: { value: null }, provisioner: { value: undefined } };
  const textOf = (check: string, change: Partial<Observation>) => {
    const { level, text } = rowOf({ ...unregistered, ...change }, check);
    return [level, text];
  };

  it("reports the reason of a failed Job as the cause of what is not registered", () => {
    const failed = { registration: { value: failedJob } };
    expect(textOf("registration Job", failed)).toEqual([
      "critical",
      "registration-acme--prod-1 failed (register: failed: no authority x): correct the cause, then run pulumi up --refresh to run it again",
    ]);
    expect(textOf("provisioner", failed)).toEqual([
      "critical",
      "the CA does not publish azuread: see registration Job",
    ]);
    expect(textOf("provisioner", {})[1]).toMatch(/: run pulumi up --refresh to repair it$/);
  });

  it("waits for a running Job, and reports a missing one", () => {
    const running: Partial<Observation> = { registration: { value: { state: "running" } } };
    for (const check of ["registration Job", "team", "provisioner"]) expect(textOf(check, running)[0]).toBe("waiting");
    expect(textOf("team", { ...running, team: { value: "other" } })[1]).toMatch(
      /uses the directory other, not .*: the registration Job has not finished yet/,
    );
    expect(textOf("registration Job", { registration: { value: undefined } })).toEqual([
      "critical",
      "registration-acme--prod-1 does not exist: run pulumi up --refresh to create it",
    ]);
  });

  it("accepts a failed or missing Job once the team and the provisioner are as declared", () => {
    for (const value of [failedJob, undefined]) {
      expect(rowOf({ registration: { value } }, "registration Job").level).toBe("ok");
    }
  });

  it("reports a failed Job as unknown when its effects cannot be checked", () => {
    const unchecked = { registration: { value: failedJob }, team: { why: "no answer" } };
    expect(rowOf(unchecked, "registration Job")).toMatchObject({
      level: "unknown",
      text: expect.stringMatching(/ failed .*; its effects are unknown$/) as string,
    });
    expect(rowOf({ ...unchecked, provisioner: { value: undefined } }, "registration Job").level).toBe("critical");
  });

  it("has no row without kubectl, and names a missing permission", () => {
    expect(rowOf({ registration: { value: null } }, "registration Job")).toBeUndefined();
    const forbidden = { why: "no", permission: "get jobs in the namespace smallstep" };
    expect(rowOf({ registration: forbidden }, "registration Job")).toMatchObject({
      level: "skipped",
      text: "not checked: it needs the permission get jobs in the namespace smallstep",
    });
  });
});

const failure = (name: string) => ({
  id: name,
  name,
  type: "User",
  time: at,
  code: "DuplicateTarget",
  reason: "It is taken.",
});
const quarantine = { currentBegan: at, error: { code: "InvalidCredentials", message: "401" } };
const secretEnding = (end: string) => ({ value: [{ keyId: "k", displayName: null, endDateTime: end }] });

describe.each<[check: string, level: Level, text: RegExp, change: Partial<Observation>]>([
  ["provisioning", "critical", /does not exist: run pulumi up --refresh/, { job: { value: undefined } }],
  [
    "provisioning",
    "critical",
    /in quarantine since 2026-03-01.*\(InvalidCredentials: 401\).*fix the cause/,
    { job: { value: job({ code: "Quarantine", quarantine }) } },
  ],
  [
    "provisioning",
    "critical",
    /is paused: run pulumi up --refresh/,
    { job: { value: job({ code: "Paused" }, "Paused") } },
  ],
  ["provisioning", "unknown", /^no answer$/, { job: { why: "no answer" } }],
  ["last cycle", "waiting", /no cycle has ended yet/, { job: { value: job({ lastExecution: null }) } }],
  [
    "last cycle",
    "waiting",
    /first cycle is running: 120 of 500 users \(24 %\)/,
    {
      job: {
        value: job({ lastExecution: null, progress: [{ units: "users", completedUnits: 120, totalUnits: 500 }] }),
      },
    },
  ],
  [
    "last cycle",
    "critical",
    /failed 10 min ago \(E: broken\)/,
    { job: { value: job({ lastExecution: { ...last, state: "Failed", error: { code: "E", message: "broken" } } }) } },
  ],
  [
    "last cycle",
    "warning",
    /with 3 objects that failed/,
    { job: { value: job({ lastExecution: { ...last, state: "EntryLevelErrors", countEscrowed: 3 } }) } },
  ],
  [
    "last cycle",
    "warning",
    /ended 5 h ago; no cycle since then, although one is due every 40 min/,
    { job: { value: job({ lastExecution: { ...last, timeEnded: ended(300) } }) } },
  ],
  [
    "failures",
    "warning",
    /^3 could not be provisioned$/,
    { failures: { value: { failures: ["a", "b", "c"].map(failure), complete: true } } },
  ],
  [
    "failures",
    "skipped",
    /it needs the permission X\.Read\.All$/,
    { failures: { why: "403", permission: "X.Read.All" } },
  ],
  ["SCIM directory", "unknown", /401/, { users: { why: "GET https://x returned 401" } }],
  ["team", "waiting", /is not switched yet: it uses no directory/, { team: { value: null }, registration: unseen }],
  ["team", "critical", /uses no directory, not 1f3c.*run pulumi up --refresh/, { team: { value: null } }],
  ["team", "critical", /uses the directory other, not 1f3c/, { team: { value: "other" } }],
  [
    "team",
    "waiting",
    /not switched yet: it uses the directory other/,
    { team: { value: "other" }, job: { value: job({ lastSuccessfulExecution: null }) }, registration: unseen },
  ],
  ["provisioner", "critical", /does not publish azuread/, { provisioner: { value: undefined } }],
  [
    "provisioner",
    "critical",
    /but clientSecret differs: run pulumi up --refresh/,
    { provisioner: { value: ["clientSecret differs"] } },
  ],
  [
    "client secret",
    "warning",
    /expires on 2026-03-20, in 18 days: create a new one/,
    { secrets: secretEnding("2026-03-20T00:00:00Z") },
  ],
  ["client secret", "critical", /expired on 2026-02-20/, { secrets: secretEnding("2026-02-20T00:00:00Z") }],
  ["client secret", "critical", /has none/, { secrets: { value: [] } }],
  ["client secret", "critical", /application does not exist/, { secrets: { value: undefined } }],
  ["SCIM token", "warning", /expires on 2026-03-20/, { tokenEnds: "2026-03-20T00:00:00Z" }],
])("status row %s", (check, level, text, change) => {
  it(`reports the row ${check} as ${level} with ${String(text)}`, () => {
    const row = rowOf(change, check);
    expect(row.level).toBe(level);
    expect(row.text).toMatch(text);
    expect(statusOf(change).level).toBe(level === "skipped" ? "skipped" : level);
  });
});

it("evaluates the stack's own secret when the application has several", () => {
  const secrets = ["2026-02-01T00:00:00Z", "2299-12-31T00:00:00.000Z", "2026-03-02T00:00:00Z"];
  const row = rowOf(
    { secrets: { value: secrets.map((endDateTime) => ({ keyId: endDateTime, displayName: null, endDateTime })) } },
    "client secret",
  );
  expect(row).toMatchObject({ level: "ok", text: "expires on 2299-12-31; the application has 3" });
});

it("counts failures without a name by kind", () => {
  const unnamed = ["a", "b", "c"].map((name) => ({ ...failure(name), id: "", name: "", reason: "" }));
  const failures = { value: { failures: [...unnamed, failure("d")], complete: true } };
  const { details } = rowOf({ failures }, "failures");
  expect(details?.[0]).toMatch(/^3 times user: \w+$/);
  expect(details?.[1]).toContain("d: ");
});

it("takes the overall level from the most severe row and truncates the list of failures", () => {
  const failures = { value: { failures: ["a", "b", "c"].map(failure), complete: false } };
  const status = statusOf({ failures, team: { value: "other" }, users: { why: "x" } });
  expect([status.level, levels[status.level].exitCode]).toEqual(["critical", 2]);
  expect(status.rows.find(({ check }) => check === "failures")).toMatchObject({
    text: "3 could not be provisioned (the log has more entries than this command reads)",
    details: [
      "user a: DuplicateTarget: It is taken. (2026-03-01T12:00:00.000Z)",
      "user b: DuplicateTarget: It is taken. (2026-03-01T12:00:00.000Z)",
      "and 1 more",
    ],
  });
  expect(levels[statusOf({ users: { why: "x" } }).level].exitCode).toBe(3);
});

it("escapes control characters of untrusted names in the table", () => {
  const failures = { value: { failures: [failure("\u001b[2Jmallory\n\u202e")], complete: true } };
  const shown = statusTable(statusOf({ failures }), false);
  for (const character of ["\u001b", "\u202e"]) expect(shown).not.toContain(character);
});

it("parses the interval of a schedule and uses 40 minutes when it is invalid", () => {
  expect(["PT40M", "PT1H30M", "P1D", "PT10S", "", undefined, "P"].map(intervalSeconds)).toEqual([
    2400, 5400, 86_400, 10, 2400, 2400, 2400,
  ]);
  fc.assert(fc.property(fc.string(), (text) => void expect(intervalSeconds(text)).toBeGreaterThan(0)));
});

it("reads the expiry of a SCIM token when it is a JWT", () => {
  const jwt = ["{}", JSON.stringify({ exp: 1_800_000_000 }), "x"]
    .map((part) => Buffer.from(part).toString("base64url"))
    .join(".");
  expect(tokenEndDate(jwt)).toBe("2027-01-15T08:00:00.000Z");
  fc.assert(fc.property(fc.string(), (text) => void expect(tokenEndDate(text)).toBeUndefined()));
});

describe("npm run status", () => {
  async function ran(argv: string[], observations: Partial<Observation>[], redrawable = false) {
    const queue = [...observations];
    const pauses: number[] = [];
    const deployed: Deployed = { expected, readObservation: () => Promise.resolve({ ...healthy, ...queue.shift() }) };
    const open = () => Promise.resolve([deployed]);
    const pause = (seconds: number) => Promise.resolve(void pauses.push(seconds));
    const capabilities = { interactive: redrawable, shown: redrawable };
    const result = await run((context) => statusCommand(context, open, pause), argv, { capabilities });
    return { ...result, pauses };
  }
  const waiting: Partial<Observation> = { team: { value: null }, registration: { value: { state: "running" } } };
  const under = (done: number) => ({
    ...waiting,
    job: { value: job({ lastExecution: null, progress: [{ units: "users", completedUnits: done, totalUnits: 9 }] }) },
  });

  it("prints a table, or JSON with the exit code", async () => {
    const table = await ran(["--stack", "prod"], [waiting]);
    expect(table.code).toBe(1);
    expect(table.out).toMatch(/^prod: not ready yet \(2026-03-01T12:00:00.000Z\)\n.*\nlast cycle {8}ok {8}succeeded/);
    const json = await ran(["--stack", "prod", "--format", "json"], [{}]);
    expect(json.code).toBe(0);
    expect(JSON.parse(json.out)).toMatchObject({
      format: 1,
      exitCode: 0,
      level: "ok",
      stack: "prod",
      teams: [{ name: "prod", level: "ok" }],
    });
  });

  it("polls with --watch until no row is waiting, with one line per poll when output cannot be redrawn", async () => {
    const { code, out, err, pauses } = await ran(
      ["--stack", "prod", "--watch", "--interval", "5"],
      [under(1), under(5), waiting, {}],
    );
    expect(code).toBe(0);
    expect(err.split("\n")[1]).toContain(
      "prod: last cycle: the first cycle is running: 5 of 9 users (55 %); prod: registration Job: registration-acme--prod-1 has not",
    );
    expect(err.match(/\n/g)).toHaveLength(3);
    expect(out).toContain("prod: healthy");
    expect(pauses).toEqual([5, 5, 5]);
  });

  it("redraws the table with --watch on a terminal", async () => {
    const { out, err } = await ran(["--stack", "prod", "--watch"], [under(1), {}], true);
    expect(err).toBe("");
    expect(out.split("\u001b[10A\u001b[0J")).toHaveLength(2);
  });

  it("stops polling when a row is critical", async () => {
    const broken = { ...waiting, job: { value: undefined } };
    expect(await ran(["--stack", "prod", "--watch"], [broken])).toMatchObject({ code: 2, pauses: [] });
  });

  it("reports all invalid options together, and prints help on request", async () => {
    expect(await ran([], [])).toMatchObject({
      code: 3,
      err: "required option '--stack <name>' not specified; see smallstep-ssh status --help.\n",
    });
    const wrong = await ran(["--stack", "x", "--interval", "0", "--list", "many"], []);
    expect(wrong.err).toBe(
      "--list many: expected a whole number of at least 0.\n--interval 0: expected a whole number of at least 1.\n",
    );
    const help = await ran(["--help"], []);
    expect([help.code, help.out.includes("2  critical")]).toEqual([0, true]);
  });
});
