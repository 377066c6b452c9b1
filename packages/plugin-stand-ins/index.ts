export { azuread } from "./azuread/plugin";
export { kubernetes } from "./kubernetes/plugin";
export { postgresql } from "./postgresql/plugin";
export { clientConfig } from "./postgresql/settings";
export { random } from "./random/plugin";
