/** Version of @pulumi/random. The engine requests the plugin with this version. */
export const version = "4.21.2";
