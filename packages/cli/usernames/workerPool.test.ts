import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { afterAll, describe, expect, it } from "vitest";
import { parse, createReport, type UsernameReport } from "entra-mappings";
import { WorkerPool } from "./workerPool";
import { createBlockEvaluator, reportOptions, type Criteria, type Format, type EvaluatedBlock } from "./evaluateBlock";
import { runUsernames } from "./testing";

const criteria: Criteria = {
  mapping: parse('ToLower(Replace([userPrincipalName], , "(?<Suffix>@(.)*)", "Suffix", "", , ))'),
  currentExpression: parse("[mail]"),
  email: "mail-or-upn",
  domains: ["example.com"],
  maxDetails: 5,
};
const csv: Format = {
  kind: "csv",
  layout: {
    delimiter: ",",
    width: 2,
    columns: [
      { index: 0, property: "userPrincipalName" },
      { index: 1, property: "mail" },
    ],
  },
};

/** Creates a block with its own memory, because the memory is transferred. */
function block(text: string): Buffer {
  const bytes = Buffer.from(text);
  const own = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(own);
  return own;
}

async function accepted(workers: WorkerPool, text: string, quota: Uint32Array): Promise<EvaluatedBlock> {
  for (;;) {
    const evaluated = workers.offer(block(text), quota);
    if (evaluated !== undefined) return evaluated;
    await after(5);
  }
}

describe("worker threads", () => {
  it.each<[string, Format, ...string[]]>([
    [
      "JSON lines",
      { kind: "jsonl" },
      '{"userPrincipalName":"Zoë@example.com"}\n{bad\n{"userPrincipalName":"root@example.com","mail":"x@y.z"}\n',
      '{"id":7}\n\n{"userPrincipalName":"zoë@example.org","mail":null}\n',
    ],
    ["CSV", csv, "Zoë@example.com,\nroot@example.com,x@y.z,1\n", 'zoë@example.org,"a\nb"\nx@example.com,"open\n'],
  ])("evaluates each block of %s in a worker thread as in the main thread", async (_, format, ...texts) => {
    const options = reportOptions(criteria);
    const evaluateBlock = createBlockEvaluator(options, format);
    const { quota } = createReport(options);
    const workers = new WorkerPool({ criteria, format }, 1);
    try {
      const [here, there] = [createReport(options), createReport(options)];
      for (const text of texts) {
        const own = evaluateBlock(block(text), quota());
        const other = await accepted(workers, text, quota());
        expect({ ...other, gathered: null }).toEqual({ ...own, gathered: null });
        here.append(own.gathered);
        there.append(other.gathered);
      }
      const report = here.finish();
      expect(report.totals.users).toBeGreaterThan(0);
      expect(there.finish()).toEqual(report);
    } finally {
      await workers.end();
    }
  });

  it("starts from the bundle beside the bundled command", async () => {
    const worker = new Worker(join(__dirname, "../dist/worker.js"), { workerData: { criteria, format: csv } });
    try {
      expect(await once(worker, "message")).toEqual(["ready"]);
    } finally {
      await worker.terminate();
    }
  });

  it("rejects pending work with the cause when a worker thread fails", async () => {
    const format = { kind: "csv" } as unknown as Format;
    const workers = new WorkerPool({ criteria, format }, 1);
    try {
      await expect(accepted(workers, "a,b\n", new Uint32Array(20))).rejects.toThrow(TypeError);
    } finally {
      await workers.end();
    }
  });
});

describe("long files", () => {
  const dir = mkdtempSync(join(tmpdir(), "usernames-long-"));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  const userCount = 60_000;
  const line = (n: number) =>
    JSON.stringify({
      id: `${n}`.padStart(200, "0"),
      userPrincipalName: `user.${n % 50_000}@${n < 50_000 ? "example.com" : "example.org"}`,
      mail: n % 100 === 0 ? null : `user.${n % 50_000}@example.com`,
    });

  it("reports a long file completely and in order with any number of threads", { timeout: 60_000 }, async () => {
    const file = join(dir, "users.jsonl");
    writeFileSync(file, Array.from({ length: userCount }, (_, n) => `${line(n)}\n`).join(""));
    const { out, code } = await runUsernames(["--file", file, "--format", "json", "--list", "20"]);
    const found = JSON.parse(out) as UsernameReport;
    expect(code).toBe(1);
    expect(found.totals).toMatchObject({
      users: userCount,
      collisionNames: 10_000,
      findings: { collision: 20_000, noMail: 600, duplicateEntry: 0 },
    });
    // A report that lists all users is created in one thread.
    const all = await runUsernames(["--file", file, "--format", "json", "--list", "all"]);
    const { totals, collisions, users } = JSON.parse(all.out) as UsernameReport;
    expect(found.totals).toEqual(totals);
    expect(found.collisions).toEqual(collisions);
    const listed = new Set(found.users.map(({ user }) => user));
    expect(found.users).toEqual(users.filter(({ user }) => listed.has(user)));
  });

  it("counts lines of a long file from its start in error messages", { timeout: 60_000 }, async () => {
    const file = join(dir, "wrong.jsonl");
    const lines = Array.from({ length: userCount }, (_, n) => (n === 55_554 ? "{}" : line(n)));
    writeFileSync(file, lines.join("\r\n"));
    const { code, err } = await runUsernames(["--file", file]);
    expect({ code, err }).toEqual({
      code: 2,
      err: `${file}, line 55555: userPrincipalName and id are missing; expected at least one of them.\n`,
    });
  });
});
