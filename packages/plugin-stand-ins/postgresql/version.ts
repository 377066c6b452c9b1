/** Version of @pulumi/postgresql. The engine requests the plugin with this version. */
export const version = "3.18.1";
