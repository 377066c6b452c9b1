import type { Reporter, TestModule } from "vitest/node";

/** Says at the end which tests were skipped, and why: once for each reason. */
export default class SkipReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const reasons = new Map<string, Map<string, number>>();
    for (const module of modules) {
      for (const test of module.children.allTests("skipped")) {
        const result = test.result();
        const reason = ("note" in result ? result.note : undefined) ?? "no reason given";
        const files = reasons.get(reason) ?? new Map<string, number>();
        files.set(module.relativeModuleId, (files.get(module.relativeModuleId) ?? 0) + 1);
        reasons.set(reason, files);
      }
    }
    for (const [reason, files] of reasons) {
      const list = [...files].map(([file, count]) => `${count} of ${file}`).join(", ");
      process.stdout.write(`\nSkipped: ${list}\n  because: ${reason.replaceAll("\n", "\n  ")}\n`);
    }
  }
}
