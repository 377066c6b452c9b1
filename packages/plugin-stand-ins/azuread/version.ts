/** Version of @pulumi/azuread. The engine requests the plugin with this version. */
export const version = "6.9.1";
