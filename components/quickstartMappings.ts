/** The mapping of one target attribute, in the format of `entra.AttributeMappings`. */
export type MappingEntry = {
  source?: string | undefined;
  expression?: string | undefined;
  constant?: string | undefined;
  matchingPriority?: number | undefined;
  flowType?: "Always" | "ObjectAddOnly" | undefined;
  default?: string | undefined;
};

/** Sources of the email. `mail-or-upn` uses the UPN of users without a mailbox, who could not log in otherwise. */
export const emailExpressions = { mail: "[mail]", "mail-or-upn": "Coalesce([mail], [userPrincipalName])" } as const;

export interface MappingSetOptions {
  /** The expression for `userName`. */
  userName: string;
  /**
   * Source of the email.
   * @default "mail"
   */
  email?: keyof typeof emailExpressions | undefined;
  /** Additional mappings by target attribute. They override those of the quickstart. */
  additionalMappings?: Readonly<Record<string, MappingEntry>> | undefined;
}

/**
 * Returns exactly the mappings of the quickstart, step 4.4. `userName` is the only matching attribute, with precedence 1. `active` is
 * always applied, so that a deactivation reaches Smallstep.
 */
export function quickstartMappings(options: MappingSetOptions): Record<string, MappingEntry> {
  const { email = "mail" } = options;
  return {
    userName: { expression: options.userName, matchingPriority: 1 },
    active: { expression: "Not([IsSoftDeleted])", flowType: "Always" },
    displayName: { source: "displayName" },
    'emails[type eq "work"].value': email === "mail" ? { source: "mail" } : { expression: emailExpressions[email] },
    "name.givenName": { source: "givenName" },
    "name.familyName": { source: "surname" },
    ...options.additionalMappings,
  };
}
