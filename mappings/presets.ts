/** A mapping of userPrincipalName to a POSIX user name. */
export interface Preset {
  /** As the Smallstep quickstart prints it. */
  expression: string;
  /** What becomes of a name, and of which names it does not. */
  description: string;
}

/** The expressions of Smallstep's "On-prem Azure AD Quickstart" for userName, by what they make. */
export const presets = {
  "upn-local-part": {
    expression: String.raw`ToLower(Replace([userPrincipalName], , "(?<Suffix>@(.)*)", "Suffix", "", , ))`,
    description: "The part before the @, in lower case: bill.gates@example.com becomes bill.gates.",
  },
  "initial-surname": {
    expression: String.raw`ToLower(Replace(Replace([userPrincipalName], , "(?<=^.{1}).\w+.\.", "", "", , ), , "(@(.)*)","","" , ,))`,
    description:
      "The first letter and what follows the dot: bill.gates@example.com becomes bgates. " +
      "A first name of fewer than four letters stays whole: the pattern needs three characters between the first and the dot.",
  },
  "local-part-without-dots": {
    expression: String.raw`ToLower(Replace(Replace([userPrincipalName], , "(?<Suffix>@(.)*)", "Suffix", "", , ), ".", , ,"", , ))`,
    description: "The part before the @ without its dots: bill.gates@example.com becomes billgates.",
  },
} as const satisfies Record<string, Preset>;

export type PresetName = keyof typeof presets;
