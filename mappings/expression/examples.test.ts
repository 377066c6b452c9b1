import { describe, expect, it } from "vitest";
import { compile, normalize } from ".";
import examples from "./testdata/expression-examples.json";

interface Example {
  id: string;
  expression: string;
  input: Record<string, string | string[] | null>;
  output: string | string[] | null;
  now?: string;
}

/** Examples whose printed output no evaluation can give, and what is tested for them instead. */
const elsewhere: Record<string, RegExp> = {
  "guid-1": /random value/,
  "random-1": /random value/,
  "suv-1": /taken in the target directory/,
  "suv-2": /taken in the target directory/,
};

/** Where the page prints no output, or one with a hole: what follows from what it says. */
const ours: Record<string, string> = {
  "numfromdate-wd": "132539615990000000",
  "defaultdomain-1": "jdoe@example.com",
};

describe("the examples of the documentation", () => {
  for (const example of examples as unknown as Example[]) {
    const options = {
      defaultDomain: "example.com",
      ...(example.now ? { now: () => new Date(example.now as string) } : {}),
    };
    const run = () => compile(example.expression, options)((name) => example.input[name]);

    it(`${example.id}: ${example.expression.slice(0, 60)}`, () => {
      const refusal = elsewhere[example.id];
      if (refusal !== undefined) expect(run).toThrow(refusal);
      else expect(run()).toEqual(ours[example.id] ?? example.output);
    });

    it(`${example.id} prints to a normal form that stays`, () => {
      const normal = normalize(example.expression);
      expect(normalize(normal)).toBe(normal);
    });
  }
});
