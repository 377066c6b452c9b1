import * as z from "zod";
import { ExpressionError, parse, presets, type PresetName } from "entra-mappings";
import { choice, text, wholeNumber } from "../fields";

const presetNames = Object.keys(presets) as [PresetName, ...PresetName[]];

/** An expression of Entra's mapping language. Rejects an invalid expression with the position and the reason. */
const expression = text("an attribute mapping expression", 10_000).superRefine((value, context) => {
  try {
    parse(value);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    context.addIssue({
      code: "custom",
      message: `does not parse at character ${error.position + 1}: ${error.message}`,
    });
  }
});

const extraMapping = z
  .strictObject({
    source: text("a source attribute", 256).optional(),
    expression: expression.optional(),
    constant: text("a fixed value", 4096).optional(),
    flowType: choice(["Always", "ObjectAddOnly"]).optional(),
    default: text("the value when the source has none", 4096).optional(),
    matchingPriority: wholeNumber(2, 100).optional(),
  })
  .refine(
    ({ source, expression, constant }) => [source, expression, constant].filter((v) => v !== undefined).length === 1,
    {
      error: "must have exactly one of source, expression and constant",
    },
  );

export const mapping = z
  .strictObject({
    preset: choice(presetNames)
      .optional()
      .describe(
        "Format of user names: `upn-local-part` (default), `initial-surname` (bgates) or `local-part-without-dots` (billgates).",
      ),
    expression: expression.optional().describe("A custom expression for `userName`, instead of a preset."),
    email: choice(["mail", "mail-or-upn"])
      .default("mail")
      .describe("Source of the email: `mail`, or `mail-or-upn`, which uses the UPN of users without mail."),
    additionalMappings: z
      .record(text("a target attribute"), extraMapping, { error: "must be an object of mappings by target attribute" })
      .default({})
      .describe(
        "Additional mappings by target attribute. Each has exactly one of source, expression and constant, and may have flowType, default and matchingPriority.",
      ),
  })
  .refine(({ preset, expression }) => preset === undefined || expression === undefined, {
    error: `has both preset and expression; set only one of them (presets: ${presetNames.join(", ")})`,
  })
  .prefault({})
  .describe("Step 4.4: the attribute mappings.");

type MappingSettings = z.infer<typeof mapping>;

/** Returns the expression for `userName`. */
export function userNameExpression(settings: MappingSettings): string {
  return settings.expression ?? presets[settings.preset ?? "upn-local-part"].expression;
}

/** Returns the expression for the email. */
export function emailExpression(settings: MappingSettings): string {
  return settings.email === "mail" ? "[mail]" : "Coalesce([mail], [userPrincipalName])";
}
