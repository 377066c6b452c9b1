export { slowExpressions, longValues } from "./testing/slowExpressions";
export { untrustedStrings } from "./testing/untrustedStrings";
