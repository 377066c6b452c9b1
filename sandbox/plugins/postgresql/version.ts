/** The version of @pulumi/postgresql that this stands in for: the engine asks for it by number. */
export const version = "3.18.1";
