export { valueIfKnown } from "./outputs";
export { checkSettings } from "./testing/checkSettings";
export { minimalSettings } from "./testing/minimalSettings";
export { setMocks } from "./testing/mocks";
