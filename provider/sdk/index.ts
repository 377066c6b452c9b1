/** Typed resources and functions of the `usersync` plugin. */
export * as entra from "./entra";
export { Provider, type DatabaseArgs, type ProviderArgs } from "./provider";
export * as smallstep from "./smallstep";
