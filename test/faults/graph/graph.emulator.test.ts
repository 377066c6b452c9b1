import { describe, expect, it } from "vitest";
import { documentedRows, tableRow } from "../documentedRows";
import { runAll, type Result } from "./cases";
import { kinds } from "./kinds";

const header = "| injected fault | cases | succeeded | failed with a clear message | next run reaches the same state |";

describe("plugin under faults from Graph", () => {
  it(
    "recovers from a fault in any request or fails with a clear message, and the next run reaches the same state",
    { timeout: 900_000 },
    async () => {
      const results = await runAll(kinds, 8);
      const defects = results.filter((one) => one.defects.length > 0);
      expect(defects.map(describeResult)).toEqual([]);
      expect(documentedRows(header)).toEqual(
        [...kinds.map(({ name }) => name), "all"].map((kind) => row(kind, results)),
      );
    },
  );
});

function row(kind: string, results: readonly Result[]): string {
  const own = results.filter((one) => kind === "all" || one.kind.name === kind);
  const through = own.filter((one) => one.wentThrough).length;
  const same = own.filter((one) => one.defects.length === 0).length;
  return tableRow([kind, own.length, through, own.length - through, same]);
}

function describeResult({ phase, request, kind, defects }: Result): string {
  return `${phase}, ${request.method} ${request.path}, ${kind.name}: ${defects.join("; ")}`;
}
