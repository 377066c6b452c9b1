import { expect, it } from "vitest";
import { registerSecret } from "@smallstep-ssh/usersync/output";
import { createTerminal } from "./terminal";

it("writes colours and clears lines only where the terminal supports them", async () => {
  let [out, err] = ["", ""];
  const streams = { out: (text: string) => void (out += text), err: (text: string) => void (err += text) };
  const capable = createTerminal(streams, { colour: true, interactive: true });
  await capable.write("\u001b[32mok\u001b[39m \u001b[2J\n", 3);
  capable.writeError("\r\u001b[K5 users\u001b[K");
  expect(out).toBe("\u001b[3A\u001b[0J\u001b[32mok\u001b[39m \\u001b[2J\n");
  expect(err).toBe("\r\u001b[K5 users\\u001b[K");
  [out, err] = ["", ""];
  const plain = createTerminal(streams, { colour: false, interactive: false });
  await plain.write("\u001b[32mok");
  plain.writeError("\r\u001b[K5 users");
  expect([out, err]).toEqual(["\\u001b[32mok", "\\u000d\\u001b[K5 users"]);
});

it("redacts every secret that the process uses", async () => {
  let shown = "";
  const stream = (text: string) => void (shown += text);
  const terminal = createTerminal({ out: stream, err: stream }, { colour: false, interactive: true });
  registerSecret("a-canary+of/a=secret");
  await terminal.write("a a-canary+of/a=secret\n");
  terminal.writeError("\r\u001b[Kb a-canary%2Bof%2fa%3D" + "secret\n");
  expect(shown).toBe("a [secret]\n\r\u001b[Kb [secret]\n");
});
