export { struct, TestEngine, type WireDiff, type WireValue } from "./host/testing";
