import { describe, expect, it } from "vitest";
import { compile } from "./compile";
import { normalize } from "./equivalent";
import examples from "./testdata/expression-examples.json";

interface Example {
  id: string;
  expression: string;
  input: Record<string, string | string[] | null>;
  output: string | string[] | null;
  now?: string;
}

/** Examples whose documented output cannot be computed, with the expected error. */
const elsewhere: Record<string, RegExp> = {
  "guid-1": /random value/,
  "random-1": /random value/,
  "suv-1": /exist in the target directory/,
  "suv-2": /exist in the target directory/,
};

/** Outputs derived from the page's text, for examples whose output is missing or incomplete. */
const expectedOutputs: Record<string, string> = {
  "numfromdate-wd": "132539615990000000",
  "defaultdomain-1": "jdoe@example.com",
};

describe("the documentation's examples", () => {
  for (const example of examples as unknown as Example[]) {
    const options = {
      defaultDomain: "example.com",
      ...(example.now ? { now: () => new Date(example.now as string) } : {}),
    };
    const run = () => compile(example.expression, options)((name) => example.input[name]);

    it(`evaluates the example ${example.id} as documented: ${example.expression.slice(0, 60)}`, () => {
      const refusal = elsewhere[example.id];
      if (refusal !== undefined) expect(run).toThrow(refusal);
      else expect(run()).toEqual(expectedOutputs[example.id] ?? example.output);
    });

    it(`normalizes the example ${example.id} to a form that normalization does not change`, () => {
      const normal = normalize(example.expression);
      expect(normalize(normal)).toBe(normal);
    });
  }
});
