/**
 * More worked examples from the function reference and from the Workday and SuccessFactors guides (learn.microsoft.com), and a few
 * derived examples. A note explains where a page contradicts itself and which result the test expects.
 */
import { describe, expect, it } from "vitest";
import { compile } from "./compile";
import type { InputValue } from "./value";
import examples from "./testdata/further-examples.json";

interface Example {
  expression: string;
  input: Record<string, InputValue>;
  output: string | string[] | null;
  note?: string;
}

const now = () => new Date("2025-07-30T08:00:00Z");

describe("further documentation examples", () => {
  it.each((examples as unknown as Example[]).map((example, index) => ({ ...example, number: index + 1 })))(
    "evaluates further example $number as documented: $expression",
    ({ expression, input, output, note }) => {
      expect(
        compile(expression, { now })((name) => input[name]),
        note,
      ).toEqual(output);
    },
  );
});
