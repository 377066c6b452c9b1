/** Generators of arbitrary expressions and users, for property tests and fuzzing. Not part of the product. */
import fc from "fast-check";
import type { Argument, Expression, FunctionCall } from "../expression/ast";
import { functions, parameterAt, type FunctionSpec } from "../expression/functions";

const position = 0;
const names = [
  "userPrincipalName",
  "mail",
  "givenName",
  "surname",
  "proxyAddresses",
  "extensionAttribute1",
  "n",
  "x y",
];
const texts = [
  "",
  "a",
  "@",
  ".",
  "\\",
  '"',
  "\\d+",
  "(?<n>@(.)*)",
  "n",
  "d",
  "yyyy",
  "M/d/yyyy",
  "2025-07-30",
  "True",
  "7",
];

const attribute = fc.constantFrom(...names).map((name): Expression => ({ kind: "attribute", name, position }));
const text = fc
  .oneof(fc.constantFrom(...texts), fc.string({ unit: "binary", maxLength: 12 }))
  .map((value): Expression => ({ kind: "string", value, position }));
const number = fc
  .constantFrom("0", "1", "2", "-1", "10", "256", "42568.75", "&HF", "99999999999999999999")
  .map((written): Expression => ({ kind: "number", text: written, position }));
const blank: Argument = { kind: "blank", position };

/** Generates a call with a valid number of arguments. An argument can be blank or a comparison where the function allows it. */
function call(spec: FunctionSpec, leaf: fc.Arbitrary<Expression>): fc.Arbitrary<Expression> {
  const groups = spec.repeating === 0 ? fc.constant(0) : fc.nat({ max: 2 });
  const fixed = spec.parameters.length;
  const shapes = groups.map((more) => Math.max(spec.minimum, fixed + more * spec.repeating));
  return shapes.chain((count) => {
    const all = Array.from({ length: count }, (_, index): fc.Arbitrary<Argument> => {
      const parameter = parameterAt(spec, index);
      const choices: fc.Arbitrary<Argument>[] = [leaf];
      if (parameter?.required === false) choices.push(fc.constant(blank));
      if (parameter?.condition === true) {
        choices.push(
          fc.record({
            kind: fc.constant("comparison" as const),
            operator: fc.constantFrom("=", "<>", ">", ">=", "<", "<="),
            left: leaf,
            right: leaf,
            position: fc.constant(position),
          }),
        );
      }
      for (const name of parameter?.keywords ?? []) choices.push(fc.constant({ kind: "keyword", name, position }));
      return fc.oneof(...choices);
    });
    return fc.tuple(...all).map((list): FunctionCall => ({ kind: "call", name: spec.name, arguments: list, position }));
  });
}

/** Well-formed expressions: known functions with a valid number of arguments of any meaning. */
export const expressions: fc.Arbitrary<Expression> = fc.letrec<{ expression: Expression }>((tie) => ({
  expression: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.oneof(attribute, text, number),
    fc.constantFrom(...functions.values()).chain((spec) => call(spec, tie("expression"))),
  ),
})).expression;

/** Values that a user attribute can have. */
export const values = fc.oneof(
  fc.constantFrom(null, undefined, "", "bill.gates@example.com", "2025-07-30T08:00:00Z", "7", "True", "Zoë", "a,b, c"),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.array(fc.string({ maxLength: 8 }), { maxLength: 4 }),
);
/** Users, as attribute values by name. */
export const users = fc.dictionary(fc.constantFrom(...names), values);

/** Texts that resemble expressions: tokens of the language in any order. */
export const nearly = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "(",
        ")",
        ",",
        "[",
        "]",
        '"',
        "\\",
        " ",
        "=",
        "<>",
        "&H",
        "-",
        "1",
        ".5",
        "\n",
        "And",
        "vbTextCompare",
      ),
      fc.constantFrom(...functions.keys()),
      fc.constantFrom("[mail]", '"a"', "ToLower([mail])", 'Replace([mail], , "(?<n>.*)+$", "n", "", , )'),
      fc.string({ unit: "binary", maxLength: 3 }),
    ),
    { maxLength: 60 },
  )
  .map((pieces) => pieces.join(""));
