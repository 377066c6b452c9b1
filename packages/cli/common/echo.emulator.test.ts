import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { readCredentials, readSettings } from "@smallstep-ssh/stack";
import { adoptCommand } from "../commands/adopt";
import { destinationsCommand } from "../commands/destinations";
import { driftCommand } from "../commands/drift";
import { mappingCommand } from "../commands/mapping";
import { previewCommentCommand } from "../commands/previewComment";
import { statusCommand } from "../commands/status";
import { usernamesCommand } from "../commands/usernames";
import { answerLines } from "../mapping/answer";
import { Api } from "../scm/http";
import { run } from "../test/terminal";
import { createTerminal } from "./terminal";

const secrets = {
  header: "canary-header-token",
  scim: "canary-scim-token",
  password: "canary-database-password",
  client: "canary-client-secret",
};
const hostile = "\u001b[2J\u202e\n##vso[task.setvariable variable=a]b\n::add-mask::x\n";

/** A server, or a proxy in front of it, that returns what it received, and more that it knows. */
let server: Server;
let url: string;
beforeAll(async () => {
  server = createServer(({ headers }, response) => {
    response.writeHead(400, { "content-type": "application/json" });
    const text = `${headers.authorization} ${Object.values(secrets).join(" ")} ${hostile}`;
    response.end(JSON.stringify({ error: { message: text }, detail: text, message: text }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  // What a command reads of the stack's configuration.
  const config = {
    "p:scim": JSON.stringify({ token: secrets.scim }),
    "p:teams": JSON.stringify({ blue: { database: {}, scim: { token: secrets.scim } } }),
    "p:database": JSON.stringify({ password: secrets.password }),
    "azuread:clientSecret": secrets.client,
  };
  readSettings(config, "p");
  readCredentials(config);
});
afterAll(() => server.close());

const ask = (): Promise<never> =>
  new Api({ name: "The server", root: url, headers: { authorization: `Bearer ${secrets.header}` } }).request(
    { path: "/", operation: "answer", requiredPermission: "none" },
    z.never(),
  );

function expectPrintable(text: string): void {
  for (const secret of Object.values(secrets)) expect(text).not.toContain(secret);
  // eslint-disable-next-line no-control-regex
  expect(text).not.toMatch(/[\u001b\u202e]|##vso\[|^\s*::/m);
}

const adoptArguments = [
  ...["--stack", "dev", "--tenant", "7d0c4e7c-2a58-4b0e-9c43-1f6a6f2f8d51", "--team", "acme"],
  ...["--ca-url", "https://ca.example", "--authority-id", "id", "--api-host", "api.example"],
  ...["--admin-tools-image", "image", "--database-host", "db.example", "--database-username", "u"],
];

const root = path.join(__dirname, "../../..");
const folders = ["--cwd", root, "--head", root];

describe("a server that returns the request's credential", () => {
  it.each([
    ["usernames", (context) => usernamesCommand(context, ask), ["--group", "ssh"]],
    ["adopt", (context) => adoptCommand(context, ask), adoptArguments],
    ["status", (context) => statusCommand(context, ask), ["--stack", "dev"]],
    ["drift", (context) => driftCommand(context, ask), ["--stack", "dev"]],
    ["preview-comment", (context) => previewCommentCommand(context, ask), ["--stack", "dev"]],
    ["destinations", (context) => destinationsCommand(context, ask), ["--stack", "example", ...folders]],
  ] satisfies [string, Parameters<typeof run>[0], string[]][])(
    "makes %s print neither a secret nor an active character",
    async (_, create, args) => {
      for (const DEBUG of ["", "1"]) {
        process.env["DEBUG"] = DEBUG;
        const { code, out, err } = await run(create, args, { env: { PGPASSWORD: secrets.password } });
        delete process.env["DEBUG"];
        expect(code).toBeGreaterThan(0);
        expect(err).toContain("[secret]");
        expectPrintable(out + err);
      }
    },
  );
});

it("makes mapping print no active character, and keeps the values of its JSON", async () => {
  let out = "";
  const terminal = createTerminal(
    { out: (text) => void (out += text), err: () => undefined },
    { colour: false, interactive: false },
  );
  expect(mappingCommand({ terminal, env: {} }).command.name()).toBe("mapping");
  const line = JSON.stringify({ expression: "[a]", input: { a: hostile } });
  await answerLines(chunks(`${line}\n`), terminal);
  expectPrintable(out);
  expect(JSON.parse(out)).toEqual({ output: hostile });
});

async function* chunks(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
}
