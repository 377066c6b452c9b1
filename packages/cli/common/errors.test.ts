import { expect, it } from "vitest";
import { CliError, problemsOf } from "./errors";

it("returns the problems of the command, and the first line of an unexpected error as one sentence", () => {
  expect(problemsOf(new CliError(["a.", "b."]))).toEqual(["a.", "b."]);
  for (const message of ["it broke", "it broke.", "it broke\nthere"]) {
    expect(problemsOf(new TypeError(message))).toEqual(["Unexpected error: it broke. Set DEBUG=1 for a stack trace."]);
  }
  const graph = Object.assign(new Error("Microsoft Graph: no answer"), { name: "GraphError" });
  expect(problemsOf(graph)).toEqual(["Microsoft Graph: no answer."]);
});
