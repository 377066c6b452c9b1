export { hostile, longValues } from "./testing/slowExpressions";
export { hostileStrings } from "./testing/untrustedStrings";
