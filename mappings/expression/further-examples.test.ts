/**
 * Worked examples of the function reference and of the Workday and SuccessFactors guides (learn.microsoft.com) besides those
 * of examples.test.ts, and a few of what follows from them. A note says where a page contradicts itself, and what we chose.
 */
import { describe, expect, it } from "vitest";
import { compile, type InputValue } from ".";
import examples from "./testdata/further-examples.json";

interface Example {
  expression: string;
  input: Record<string, InputValue>;
  output: string | string[] | null;
  note?: string;
}

const now = () => new Date("2025-07-30T08:00:00Z");

describe("further examples of the documentation", () => {
  it.each((examples as unknown as Example[]).map((example, index) => ({ ...example, number: index + 1 })))(
    "$number: $expression",
    ({ expression, input, output, note }) => {
      expect(
        compile(expression, { now })((name) => input[name]),
        note,
      ).toEqual(output);
    },
  );
});
