/** Version of @pulumi/kubernetes. The engine requests the plugin with this version. */
export const version = "4.34.2";
