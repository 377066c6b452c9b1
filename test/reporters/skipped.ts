import type { Reporter, TestModule } from "vitest/node";

/** Reporter that lists the skipped tests after a run, grouped by reason. */
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
      const list = [...files].map(([file, count]) => `${count} in ${file}`).join(", ");
      process.stdout.write(`\nSkipped: ${list}\n  Reason: ${reason.replaceAll("\n", "\n  ")}\n`);
    }
  }
}
