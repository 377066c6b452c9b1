import * as z from "zod/mini";

import { databaseSetting } from "./clients/database/settings";
import { graphSettings, readGraphSettings } from "./clients/graph/settings";
import { property } from "./host/properties";
import type { CheckResult, PropertyMap } from "./host/types";
import { checkInputs } from "./host/validate";

const databaseSettings = {
  database: property(
    "Smallstep's database. Required by all resources and functions of `smallstep`. Default: none.",
    z.optional(databaseSetting),
  ),
};

/** Settings of the provider. The provider calls Microsoft Graph and the database only when they are needed. */
export const providerSettings = { ...graphSettings, ...databaseSettings };

/** Checks the settings without connecting to anything. Unknown values pass. */
export function checkSettings(news: PropertyMap): CheckResult {
  const { failures } = checkInputs(databaseSettings, { database: news["database"] });
  return { inputs: news, failures: [...readGraphSettings(news, {}).failures, ...failures] };
}
