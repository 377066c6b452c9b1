/** What one target attribute gets, as `entra.AttributeMappings` takes it. */
export interface MappingEntry {
  source?: string;
  expression?: string;
  constant?: string;
  matchingPriority?: number;
  flowType?: "Always" | "ObjectAddOnly";
  default?: string;
}

export interface MappingSetOptions {
  /** The expression that makes `userName`. */
  userName: string;
  /**
   * `mail-or-upn` gives the UPN to people without a mailbox, who could not log in otherwise.
   * @default "mail"
   */
  email?: "mail" | "mail-or-upn";
  /** Further mappings by target attribute; they win over those of the quickstart. */
  additionalMappings?: Readonly<Record<string, MappingEntry>>;
}

/**
 * The mappings of the quickstart, step 4.4: these and no others. `userName` alone matches people, with precedence 1;
 * `active` carries deactivation, always applied.
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
