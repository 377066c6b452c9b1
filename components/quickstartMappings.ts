/** The mapping of one target attribute, in the format of `entra.AttributeMappings`. */
export interface MappingEntry {
  source?: string;
  expression?: string;
  constant?: string;
  matchingPriority?: number;
  flowType?: "Always" | "ObjectAddOnly";
  default?: string;
}

export interface MappingSetOptions {
  /** The expression for `userName`. */
  userName: string;
  /**
   * Source of the email. `mail-or-upn` uses the UPN of users without a mailbox, who could not log in otherwise.
   * @default "mail"
   */
  email?: "mail" | "mail-or-upn";
  /** Additional mappings by target attribute. They override those of the quickstart. */
  additionalMappings?: Readonly<Record<string, MappingEntry>>;
}

/**
 * Returns exactly the mappings of the quickstart, step 4.4. `userName` is the only matching attribute, with precedence 1. `active` is
 * always applied, so that a deactivation reaches Smallstep.
 */
export function quickstartMappings(options: MappingSetOptions): Record<string, MappingEntry> {
  return {
    userName: { expression: options.userName, matchingPriority: 1 },
    active: { expression: "Not([IsSoftDeleted])", flowType: "Always" },
    displayName: { source: "displayName" },
    'emails[type eq "work"].value':
      options.email === "mail-or-upn" ? { expression: "Coalesce([mail], [userPrincipalName])" } : { source: "mail" },
    "name.givenName": { source: "givenName" },
    "name.familyName": { source: "surname" },
    ...options.additionalMappings,
  };
}
