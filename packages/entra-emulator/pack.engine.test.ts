import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { installPacked, type InstalledPackage } from "@smallstep-ssh/tools/packedPackage";

let installed: InstalledPackage | string;
beforeAll(async () => {
  installed = await installPacked("entra-emulator");
}, 300_000);
afterAll(() => (typeof installed === "object" ? installed.remove() : undefined));

/** Starts the emulator, signs in over HTTPS and lists users. */
const uses = `
const send = (ca, url, options, body) =>
  new Promise((resolve, reject) => {
    const call = request(url, { ca, agent: false, ...options }, async (response) => {
      let text = "";
      for await (const chunk of response) text += chunk;
      resolve(JSON.parse(text));
    });
    call.on("error", reject).end(body);
  });
async function main() {
  const authority = await createAuthority("certificates");
  const graph = await startGraph({ authority });
  const { clientId, clientSecret } = graph.addClient({ permissions: ["User.Read.All"] });
  const form = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: clientId,
    client_secret: clientSecret,
    scope: graph.url + "/.default",
  });
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const login = graph.url + "/" + graph.tenantId + "/oauth2/v2.0/token";
  const token = await send(authority.caPem, login, { method: "POST", headers }, form.toString());
  const authorization = "Bearer " + token.access_token;
  const users = await send(authority.caPem, graph.url + "/v1.0/users?$top=2", { headers: { authorization } });
  console.log(users.value.map(({ userPrincipalName }) => userPrincipalName).join(" "), graph.requests.all().length);
  await graph.close();
}
main();
`;
const output = "bill.gates@corp.com ada.lovelace@corp.com 2\n";

describe("the packed entra-emulator", () => {
  it("contains only the build, the README and the license, and does not install entra-mappings", (context) => {
    if (typeof installed === "string") return context.skip(installed);
    const others = installed.files.filter(
      (file) => !/^dist\/(command|index|testing)\.js$|^dist\/.*\.d\.ts$/.test(file),
    );
    expect(others).toEqual(["LICENSE", "README.md", "package.json"]);
    expect(() => require.resolve("entra-mappings", { paths: [(installed as InstalledPackage).dir] })).toThrow(
      /Cannot find module/,
    );
  });

  it("serves sign-in and users in a CommonJS program", async (context) => {
    if (typeof installed === "string") return context.skip(installed);
    const imports =
      'const { createAuthority, startGraph } = require("entra-emulator");\nconst { request } = require("node:https");';
    expect(await installed.runNode("main.cjs", imports + uses)).toBe(output);
  });

  it("serves sign-in and users in an ES module", async (context) => {
    if (typeof installed === "string") return context.skip(installed);
    const imports =
      'import { createAuthority, startGraph } from "entra-emulator";\nimport { request } from "node:https";';
    expect(await installed.runNode("main.mjs", imports + uses)).toBe(output);
  });

  it("declares its types for a TypeScript program", async (context) => {
    if (typeof installed === "string") return context.skip(installed);
    await installed.typecheck(`import { createAuthority, startGraph, type Fault, type GraphEmulator } from "entra-emulator";
      import { startTestTenant } from "entra-emulator/testing";
      export const graph = async (): Promise<GraphEmulator> => startGraph({ authority: await createAuthority("ca") });
      export const fault: Fault = { kind: "throttle", retryAfter: 2 };
      export const user = async () => (await startTestTenant()).graph.state.user("a").userPrincipalName.length;`);
    await expect(
      installed.typecheck(
        'import { startGraph } from "entra-emulator"; export const graph = startGraph({ port: "1" });',
      ),
    ).rejects.toThrow(/not assignable to type/);
  });

  it("has the command entra-emulator, which serves until SIGTERM", async (context) => {
    if (typeof installed === "string") return context.skip(installed);
    const bin = path.join(installed.dir, "node_modules", ".bin", "entra-emulator");
    const child = spawn(bin, ["--port", "0"], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, PATH: `${path.dirname(process.execPath)}${path.delimiter}${process.env["PATH"] ?? ""}` },
    });
    let printed = "";
    for await (const chunk of child.stdout) {
      printed += String(chunk);
      if (printed.includes("Stop it with")) break;
    }
    expect(printed).toMatch(/^Microsoft Graph emulator at https:\/\/localhost:\d+\n/);
    child.kill("SIGTERM");
    expect((await once(child, "exit"))[0]).toBe(0);
  });
});
