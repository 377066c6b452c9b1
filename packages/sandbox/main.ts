import { writeFile } from "node:fs/promises";
import pc from "picocolors";
import { Checks } from "./run/checks";
import { Cleanup } from "./run/cleanup";
import { parseOptions } from "./run/options";
import { runScenario } from "./run/scenario";

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2));
  const print = (line: string) => process.stdout.write(`${line}\n`);
  const started = Date.now();
  const cleanup = new Cleanup();
  const checks = new Checks(print);
  let interrupted = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (interrupted) return;
      interrupted = true;
      print(`\n${signal}: stopping all started processes`);
      void cleanup.run(print).then(() => process.exit(signal === "SIGINT" ? 130 : 143));
    });
  }

  let failure: string | undefined;
  const isOk = () => failure === undefined && checks.failed.length === 0 && checks.all.length > 0;
  const seconds = () => Math.round((Date.now() - started) / 1000);
  const report = async () => {
    const content = { ok: isOk(), seconds: seconds(), failure, steps: checks.steps, checks: checks.all };
    if (options.report) await writeFile(options.report, `${JSON.stringify(content, null, 2)}\n`);
  };
  try {
    const kept = await runScenario({ options, checks, cleanup });
    if (options.keep) {
      print(`\nThe sandbox keeps running. Press Ctrl-C to stop it.\n${kept.map((line) => `  ${line}`).join("\n")}`);
      await report();
      await new Promise(() => undefined);
    }
  } catch (error) {
    if (interrupted) return new Promise(() => undefined);
    failure = error instanceof Error ? error.message : String(error);
    if (process.env.DEBUG && error instanceof Error) print(error.stack ?? "");
  }
  await cleanup.run(print);

  if (checks.all.length > 0) print(`\n${checks.table()}`);
  for (const check of checks.failed) print(pc.red(`FAIL ${check.step}: ${check.name} (${check.detail})`));
  if (failure !== undefined) print(pc.red(`\nThe run failed: ${failure}`));
  print(
    isOk()
      ? pc.green(`\nAll ${checks.all.length} checks passed in ${seconds()} s.`)
      : pc.red(`\n${checks.failed.length} of ${checks.all.length} checks failed in ${seconds()} s.`),
  );
  await report();
  return isOk() ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    const { stack, message } = error instanceof Error ? error : { stack: undefined, message: String(error) };
    process.stderr.write(`${(process.env.DEBUG && stack) || message}\n`);
    process.exit(1);
  },
);
