import { expect, it } from "vitest";
import { runCommand } from "./command";
import { CliError, problemsOf } from "./errors";

it("returns the problems of the command, and the first line of an unexpected error as one sentence", () => {
  expect(problemsOf(new CliError(["a.", "b."]))).toEqual(["a.", "b."]);
  for (const message of ["it broke", "it broke.", "it broke\nthere"]) {
    expect(problemsOf(new TypeError(message))).toEqual(["Unexpected error: it broke. Set DEBUG=1 for a stack trace."]);
  }
  const graph = Object.assign(new Error("Microsoft Graph: no answer"), { name: "GraphError" });
  expect(problemsOf(graph)).toEqual(["Microsoft Graph: no answer."]);
});

it("limits the number and the length of the problems that a command prints", async () => {
  let printed = "";
  const terminal = { write: () => undefined, writeError: (text: string) => void (printed += text) };
  const problems = Array.from({ length: 5000 }, (_, index) => `${index}: ${"x".repeat(index === 0 ? 200_000 : 10)}.`);
  expect(await runCommand(terminal, 2, () => Promise.reject(new CliError(problems)))).toBe(2);
  const lines = printed.trimEnd().split("\n");
  expect([lines.length, lines.at(-1)]).toEqual([101, "and 4900 more (5000 in total)"]);
  expect(printed.length).toBeLessThan(110_000);
});
