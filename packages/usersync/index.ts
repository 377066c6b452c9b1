/** Typed resources and functions of the `usersync` plugin. */
export * as entra from "./sdk/entra";
export { findDuplicates } from "./sdk/findDuplicates";
export { Provider, type ProviderArgs } from "./sdk/provider";
export * as smallstep from "./sdk/smallstep";
