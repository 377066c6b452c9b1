import { minimumPseudonymKey, type PeopleMode, peopleModes, type PeopleWriter, peopleWriter } from "entra-mappings";
import * as z from "zod/mini";

import { databaseSetting } from "./clients/database/settings";
import { graphSettings, readGraphSettings } from "./clients/graph/settings";
import { property } from "./host/properties";
import type { CheckResult, PropertyMap } from "./host/types";
import { checkInputs } from "./host/validate";
import { registerSecret } from "./output";

const databaseSettings = {
  database: property(
    "Smallstep's database. Required by all resources and functions of `smallstep`. Default: none.",
    z.optional(databaseSetting),
  ),
};

const peopleSettings = {
  people: property(
    "How results, messages and outputs show people: `names`, `counts` (numbers only) or `pseudonyms`. Default: `names`.",
    z.optional(
      z.enum(peopleModes, { error: ({ input }) => `"${String(input)}" is not one of ${peopleModes.join(", ")}.` }),
    ),
  ),
  pseudonymKey: property(
    `Key of the pseudonyms, a random text of at least ${minimumPseudonymKey} characters. Required with \`people: pseudonyms\`.`,
    z.optional(
      z
        .string()
        .check(z.minLength(minimumPseudonymKey, { error: `must have at least ${minimumPseudonymKey} characters.` })),
    ),
    { secret: true },
  ),
};

/** Settings of the provider. The provider calls Microsoft Graph and the database only when they are needed. */
export const providerSettings = { ...graphSettings, ...databaseSettings, ...peopleSettings };

/** Checks the settings without connecting to anything. Unknown values pass. */
export function checkSettings(news: PropertyMap): CheckResult {
  const { database, people, pseudonymKey } = news;
  const { failures } = checkInputs({ ...databaseSettings, ...peopleSettings }, { database, people, pseudonymKey });
  if (people === "pseudonyms" && pseudonymKey == null) {
    failures.push({ property: "pseudonymKey", reason: "is required with people: pseudonyms." });
  }
  return { inputs: news, failures: [...readGraphSettings(news, {}).failures, ...failures] };
}

/** Creates the writer of people for checked settings. */
export function readPeople(settings: PropertyMap): PeopleWriter {
  const people = (settings["people"] ?? undefined) as PeopleMode | undefined;
  const key = (settings["pseudonymKey"] ?? undefined) as string | undefined;
  registerSecret(key);
  return peopleWriter(people, key);
}
