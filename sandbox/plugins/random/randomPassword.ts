import { hash } from "bcryptjs";

import { hasUnknown, type PropertyMap, type ResourceHandler } from "../../../provider/host";
import { UNKNOWN } from "../../../provider/host";
import { checkInputs, inputsFromState, planDiff, type Inputs } from "../common";
import { generatePassword, wrongRules, type Rules } from "./password";

const flag = { type: "flag", default: true, replaces: true } as const;
const least = { type: "number", default: 0, replaces: true } as const;
const inputs: Inputs = {
  length: { type: "number", required: true, replaces: true },
  lower: flag,
  upper: flag,
  numeric: flag,
  special: flag,
  minLower: least,
  minUpper: least,
  minNumeric: least,
  minSpecial: least,
  overrideSpecial: { type: "text", replaces: true },
  keepers: { type: "map", replaces: true },
};

/** The id of every password, as with the official provider: it must not be the password. */
const id = "none";

/** `random.RandomPassword`: made once, kept in the state, and nowhere else. Importable by the password itself. */
export const randomPassword: ResourceHandler<undefined> = {
  secretOutputs: ["result", "bcryptHash"],

  async check(_ctx, { news }) {
    // `number` is the old name of `numeric`.
    const { number, ...others } = news;
    const given: PropertyMap = { ...others };
    if (number !== undefined) given["numeric"] ??= number;
    const result = checkInputs(inputs, given, "random.RandomPassword");
    if (result.failures.length > 0 || hasUnknown(result.inputs)) return result;
    return { ...result, failures: wrongRules(rulesOf(result.inputs)) };
  },

  async diff(_ctx, { oldOutputs, newInputs, ignoreChanges }) {
    return planDiff(inputs, oldOutputs, newInputs, ignoreChanges);
  },

  async create(_ctx, { inputs: wanted, preview }) {
    if (preview) return { id: "", outputs: { ...wanted, result: UNKNOWN, bcryptHash: UNKNOWN } };
    return { id, outputs: await outputsOf(wanted, generatePassword(rulesOf(wanted))) };
  },

  async read(_ctx, { id: given, inputs: before, outputs }) {
    if (typeof outputs["result"] === "string") {
      return { id, inputs: inputsFromState(inputs, before, outputs), outputs };
    }
    const imported = checkInputs(inputs, { length: given.length }, "random.RandomPassword").inputs;
    return { id, inputs: imported, outputs: await outputsOf(imported, given) };
  },

  // Every input replaces.
  async update(_ctx, { oldOutputs, newInputs }) {
    return { outputs: { ...oldOutputs, ...newInputs } };
  },

  async delete() {},
};

function rulesOf(values: PropertyMap): Rules {
  return { overrideSpecial: "", ...(values as Partial<Rules>) } as Rules;
}

async function outputsOf(wanted: PropertyMap, result: string): Promise<PropertyMap> {
  // Of more than 72 bytes the first 72 are hashed, which is all that bcrypt can, and as the official provider documents.
  return { ...wanted, number: wanted["numeric"], result, bcryptHash: await hash(result, 10) };
}
