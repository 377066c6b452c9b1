import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { obtain, ObtainError, type Wanted, type Way } from "./obtain";

let cacheDir: string;
let lines: string[];
const progress = (line: string) => void lines.push(line);

beforeEach(async () => {
  cacheDir = await mkdtemp(path.join(tmpdir(), "obtain-"));
  lines = [];
});
afterEach(() => rm(cacheDir, { recursive: true, force: true }));

function way(how: string, result: string | Error, calls: string[] = []): Way {
  return {
    how,
    description: `way ${how}`,
    fill: async (dir) => {
      calls.push(how);
      await new Promise((resolve) => setTimeout(resolve, 50));
      if (result instanceof Error) throw result;
      await writeFile(path.join(dir, "program"), result);
    },
  };
}

function wanted(ways: Way[]): Wanted {
  return {
    name: "the program",
    key: "program-1",
    ways,
    check: async (dir) => {
      const text = await readFile(path.join(dir, "program"), "utf8");
      if (text !== "works") throw new Error("the program does not start");
    },
  };
}

describe("obtain", () => {
  it("uses the first way that works and reports why earlier ways failed", async () => {
    const got = await obtain(wanted([way("installed", new Error("blocked")), way("built", "works")]), {
      progress,
      cacheDir,
    });
    expect(got.how).toBe("built");
    expect(await readFile(path.join(got.dir, "program"), "utf8")).toBe("works");
    expect(lines).toEqual(["the program: way installed failed (blocked)"]);
  });

  it("tries the next way when a program fails its check", async () => {
    const got = await obtain(wanted([way("installed", "broken"), way("built", "works")]), { progress, cacheDir });
    expect(got.how).toBe("built");
    expect(lines[0]).toContain("does not start");
  });

  it("returns the cached program and how it was obtained on the second call", async () => {
    const calls: string[] = [];
    await obtain(wanted([way("built", "works", calls)]), { progress, cacheDir });
    const again = await obtain(wanted([way("installed", "works", calls)]), { progress, cacheDir });
    expect(again.how).toBe("built");
    expect(calls).toEqual(["built"]);
  });

  it("replaces a broken cached program and removes partial folders of killed runs", async () => {
    const dir = path.join(cacheDir, "program-1");
    await mkdir(dir);
    await writeFile(path.join(dir, "program"), "half");
    await writeFile(path.join(dir, "obtained.json"), '{"how":"built"}');
    await mkdir(path.join(cacheDir, "program-1.partial-1"));
    const got = await obtain(wanted([way("installed", "works")]), { progress, cacheDir });
    expect(got.how).toBe("installed");
    expect(await readdir(cacheDir)).toEqual(["program-1"]);
  });

  it("obtains a program once when two runs request it at the same time", async () => {
    const calls: string[] = [];
    const ask = () => obtain(wanted([way("built", "works", calls)]), { progress, cacheDir });
    const both = await Promise.all([ask(), ask()]);
    expect(calls).toEqual(["built"]);
    expect(both[0]).toEqual(both[1]);
    expect(lines).toEqual(["the program: waiting for another run that is obtaining it"]);
  });

  it("skips slow ways when the caller does not allow a build", async () => {
    const slow: Way = { ...way("built", "works"), slow: true };
    await expect(obtain(wanted([slow]), { progress, cacheDir, allowBuild: false })).rejects.toThrow(
      /way built: skipped/,
    );
  });

  it("lists every way with its reason and leaves the cache empty when all ways fail", async () => {
    const attempt = obtain(wanted([way("installed", new Error("blocked")), way("built", new Error("no go"))]), {
      progress,
      cacheDir,
    });
    await expect(attempt).rejects.toThrow(
      new ObtainError("the program", ["way installed: blocked", "way built: no go"]),
    );
    expect(await readdir(cacheDir)).toEqual([]);
  });
});
