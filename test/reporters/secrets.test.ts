import { afterEach, beforeEach, describe, expect, it, vi, type UserConsoleLog } from "vitest";
import type { TestModule } from "vitest/node";
import { generateTestSecret } from "entra-emulator/testing";
import SecretsReporter from "./secrets";

describe("SecretsReporter", () => {
  const printed: string[] = [];
  let exitCode: typeof process.exitCode;
  beforeEach(() => {
    exitCode = process.exitCode;
    printed.length = 0;
    vi.spyOn(process.stdout, "write").mockImplementation((text) => printed.push(String(text)) > 0);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    process.exitCode = exitCode;
  });

  /** Returns a module with one failed test that has this error. */
  function ended(error: object): TestModule {
    const test = { name: "signs in", result: () => ({ errors: [error] }) };
    const children = { allTests: () => [test] };
    return { relativeModuleId: "a.test.ts", errors: () => [], children } as unknown as TestModule;
  }

  it("reports nothing when the output contains no secret", () => {
    const reporter = new SecretsReporter();
    reporter.onUserConsoleLog({ content: "The token is rejected." } as UserConsoleLog);
    reporter.onTestRunEnd([ended({ message: "expected 1 to be 2", stack: "at a.test.ts:1" })], []);
    expect([printed, process.exitCode]).toEqual([[], exitCode]);
  });

  it.each([
    ["console output", (secret: string) => ({ log: `token ${secret}`, error: {} })],
    ["console output", (secret: string) => ({ log: Buffer.from(`xy${secret}`).toString("base64"), error: {} })],
    ["a.test.ts, signs in", (secret: string) => ({ log: "", error: { message: `"${secret}" to be ""` } })],
    ["a.test.ts, signs in", (secret: string) => ({ log: "", error: { message: "no", diff: `- ${secret}` } })],
  ])("reports a secret in %s and sets exit code 1", (where, given) => {
    const secret = generateTestSecret();
    const { log, error } = given(secret);
    const reporter = new SecretsReporter();
    reporter.onUserConsoleLog({ content: log } as UserConsoleLog);
    reporter.onTestRunEnd([ended(error)], []);
    const output = printed.join("");
    const code = process.exitCode;
    process.exitCode = exitCode;
    expect(output).toContain(`  ${where}: a secret`);
    expect(output).not.toContain(secret);
    expect(code).toBe(1);
  });
});
