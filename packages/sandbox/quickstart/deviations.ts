/** Common deviations from the quickstart. Each is off by default. */
export interface QuickstartDeviations {
  /** All mappings of the template stay, including the original `active`. Only `userName` is edited. */
  extraMappings?: boolean;
  /** The last group is assigned with the zero role id ("Default Access"), which Entra does not provision. */
  zeroIdAssignment?: boolean;
  /** The tags of the enterprise application are overwritten, as by a tool that treats it as an app registration. */
  driftedTags?: boolean;
  /** The app registration has only the portal's default permission, User.Read, and no email claim. */
  portalPermissions?: boolean;
  /** The app registration was created on a command line, which does not create a service principal. */
  noServicePrincipal?: boolean;
  /** `--listen-address` was omitted. */
  noListenAddress?: boolean;
  /** The SQL statement that switches the team had no `where`, so it switched every team. */
  everyTeam?: boolean;
}
