export { connect, Managed, secret } from "./azuread/testing";
export { startTestServer, type TestServer } from "./postgresql/testing";
