export { azuread } from "./azuread/plugin";
export { kubernetes } from "./kubernetes/plugin";
export { postgresql } from "./postgresql/plugin";
export { random } from "./random/plugin";
