/** The version of @pulumi/random that this stands in for: the engine asks for it by number. */
export const version = "4.21.2";
