/** A mapping from userPrincipalName to a POSIX user name. */
export interface Preset {
  /** The expression, exactly as in the Smallstep quickstart. */
  expression: string;
  /** What the expression does, with an example and its limits. */
  description: string;
}

/** The userName expressions of Smallstep's "On-prem Azure AD Quickstart", by a name that describes the result. */
export const presets = {
  "upn-local-part": {
    expression: String.raw`ToLower(Replace([userPrincipalName], , "(?<Suffix>@(.)*)", "Suffix", "", , ))`,
    description: "The part before the @, in lower case: bill.gates@example.com becomes bill.gates.",
  },
  "initial-surname": {
    expression: String.raw`ToLower(Replace(Replace([userPrincipalName], , "(?<=^.{1}).\w+.\.", "", "", , ), , "(@(.)*)","","" , ,))`,
    description:
      "The first letter and the text after the dot: bill.gates@example.com becomes bgates. " +
      "A first name of fewer than four letters stays whole, because the pattern needs three characters before the dot.",
  },
  "local-part-without-dots": {
    expression: String.raw`ToLower(Replace(Replace([userPrincipalName], , "(?<Suffix>@(.)*)", "Suffix", "", , ), ".", , ,"", , ))`,
    description: "The part before the @ without its dots: bill.gates@example.com becomes billgates.",
  },
} as const satisfies Record<string, Preset>;

export type PresetName = keyof typeof presets;
