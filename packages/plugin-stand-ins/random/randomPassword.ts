import { hash } from "bcryptjs";

import { hasUnknown, type PropertyMap, type ResourceHandler, UNKNOWN } from "@smallstep-ssh/usersync/host";
import { checkInputs, type Inputs } from "../common/inputs";
import { inputsFromState } from "../common/inputsFromState";
import { planDiff } from "../common/diff";
import { generatePassword, wrongRules, type PasswordRules } from "./password";

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

/** The id of every password, as in the official provider. The id must not reveal the password. */
const id = "none";

/**
 * Handler of `random.RandomPassword`: generated once and stored only in the state. The import id is the password
 * itself.
 */
export const randomPassword: ResourceHandler<undefined> = {
  secretOutputs: ["result", "bcryptHash"],

  async check(_ctx, { news }) {
    // `number` is the former name of `numeric`.
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

  // Every changed input replaces the resource, so an update only merges the inputs.
  async update(_ctx, { oldOutputs, newInputs }) {
    return { outputs: { ...oldOutputs, ...newInputs } };
  },

  async delete() {},
};

function rulesOf(values: PropertyMap): PasswordRules {
  return { overrideSpecial: "", ...(values as Partial<PasswordRules>) } as PasswordRules;
}

async function outputsOf(wanted: PropertyMap, result: string): Promise<PropertyMap> {
  // bcrypt uses only the first 72 bytes, as the official provider documents.
  return { ...wanted, number: wanted["numeric"], result, bcryptHash: await hash(result, 10) };
}
