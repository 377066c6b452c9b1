/** Typed resources and functions of the `usersync` plugin. */
export * as entra from "./entra";
export { Provider, type FolkArgs, type ProviderArgs } from "./provider";
export * as smallstep from "./smallstep";
