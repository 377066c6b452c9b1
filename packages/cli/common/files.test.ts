import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { readIfExists, replaceFile } from "./files";

let dir = "";
let file = "";
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), "files-"));
  file = path.join(dir, "report.md");
  return () => rmSync(dir, { recursive: true, force: true });
});

describe("replaceFile", () => {
  it("writes a new file and replaces an existing one, and leaves no other file", async () => {
    await replaceFile(file, ["a", "b"]);
    expect(await readIfExists(file)).toBe("ab");
    await replaceFile(file, ["c"]);
    expect(readFileSync(file, "utf8")).toBe("c");
    expect(readdirSync(dir)).toEqual(["report.md"]);
  });

  it("lets only the owner read personal data, and keeps the mode of another file", async () => {
    writeFileSync(file, "", { mode: 0o640 });
    await replaceFile(file, ["x"]);
    expect(statSync(file).mode & 0o777).toBe(0o640);
    await replaceFile(file, ["x"], { personal: true });
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it("keeps the old file when the content cannot be produced", async () => {
    writeFileSync(file, "old");
    function* broken() {
      yield "new";
      throw new Error("no space left on device");
    }
    await expect(replaceFile(file, broken())).rejects.toThrow(`Cannot write ${file}: no space left on device.`);
    expect([readFileSync(file, "utf8"), readdirSync(dir)]).toEqual(["old", ["report.md"]]);
  });

  it("keeps a change that another program has made since the file was read", async () => {
    writeFileSync(file, "theirs");
    for (const content of ["before", undefined]) {
      await expect(replaceFile(file, ["ours"], { previous: { content } })).rejects.toThrow(
        /another program has changed/,
      );
    }
    expect([readFileSync(file, "utf8"), readdirSync(dir)]).toEqual(["theirs", ["report.md"]]);
  });

  it("follows no symbolic link", async () => {
    const target = path.join(dir, "target");
    writeFileSync(target, "safe");
    symlinkSync(target, file);
    await expect(replaceFile(file, ["x"])).rejects.toThrow("it is not a regular file");
    expect(readFileSync(target, "utf8")).toBe("safe");
  });
});
