/** The version of @pulumi/azuread that this stands in for: the engine asks for it by number. */
export const version = "6.9.1";
