export { startTestSmallstep, type TestSmallstep } from "./smallstep/testing";
