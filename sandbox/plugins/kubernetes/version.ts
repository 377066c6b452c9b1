/** The version of @pulumi/kubernetes that this stands in for: the engine asks for it by number. */
export const version = "4.34.2";
