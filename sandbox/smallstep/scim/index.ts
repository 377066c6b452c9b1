export { startScim, type ScimRequest, type ScimServer } from "./server";
