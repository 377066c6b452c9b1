import type { UserConsoleLog } from "vitest";
import type { Reporter, SerializedError, TestModule } from "vitest/node";
import { testSecretPrefix } from "../../sandbox/canary";
import { leaks } from "../../sandbox/run/secrets";

/** Fails a run in whose output there is a secret that the sandbox has made up. */
export default class SecretsReporter implements Reporter {
  private readonly found = new Set<string>();

  onUserConsoleLog({ content }: UserConsoleLog): void {
    this.look("what is printed", content);
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    for (const module of modules) {
      for (const error of module.errors()) this.look(module.relativeModuleId, words(error));
      for (const test of module.children.allTests("failed")) {
        for (const error of test.result().errors ?? [])
          this.look(`${module.relativeModuleId}, ${test.name}`, words(error));
      }
    }
    for (const error of unhandled) this.look("an error of no test", words(error));
    if (this.found.size === 0) return;
    process.stdout.write(
      `\nA secret of the sandbox is in the output of the tests:\n  ${[...this.found].join("\n  ")}\n`,
    );
    process.exitCode = 1;
  }

  private look(where: string, text: string): void {
    for (const leak of leaks(text, [{ name: "a secret", value: testSecretPrefix }]))
      this.found.add(`${where}: ${leak}`);
  }
}

function words({ message, stack, diff, cause }: Partial<SerializedError> & { diff?: string }): string {
  return [message, stack, diff, JSON.stringify(cause)].join("\n");
}
