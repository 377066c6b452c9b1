import pc from "picocolors";

/** One assertion of the run, with its result. */
export interface Check {
  step: string;
  name: string;
  ok: boolean;
  /** Observed value: a count, names or a message. Never a secret. */
  detail: string;
}

/** Collects the checks of a run and prints each one at once. */
export class Checks {
  readonly all: Check[] = [];
  private readonly startedAt: { title: string; at: number }[] = [];

  constructor(private readonly print: (line: string) => void) {}

  begin(step: string): void {
    this.startedAt.push({ title: step, at: performance.now() });
    this.print(`\n${pc.bold(step)}`);
  }

  note(line: string): void {
    this.print(pc.dim(`  ${line}`));
  }

  assert(name: string, ok: boolean, detail: string | number = ""): void {
    this.all.push({ step: this.startedAt.at(-1)?.title ?? "", name, ok, detail: String(detail) });
    const mark = ok ? pc.green("ok  ") : pc.red("FAIL");
    this.print(`  ${mark} ${name}${detail === "" ? "" : pc.dim(` (${detail})`)}`);
  }

  /** Asserts that two values have the same JSON. On failure, the detail contains both values. */
  equal(name: string, actual: unknown, expected: unknown): void {
    const [found, wanted] = [actual, expected].map((value) => JSON.stringify(value));
    const ok = found === wanted;
    this.assert(name, ok, ok ? shorten(found) : `actual: ${shorten(found)}, expected: ${shorten(wanted)}`);
  }

  /** Durations of the steps in seconds. The last step counts until now. */
  get steps(): { title: string; seconds: number }[] {
    return this.startedAt.map(({ title, at }, index) => {
      const end = this.startedAt[index + 1]?.at ?? performance.now();
      return { title, seconds: Math.round((end - at) / 10) / 100 };
    });
  }

  get failed(): Check[] {
    return this.all.filter((check) => !check.ok);
  }

  /** Returns a table with one line for each step: how many checks held. */
  table(): string {
    const steps = [...new Set(this.all.map((check) => check.step))];
    const width = Math.max(...steps.map((step) => step.length), 4);
    const rows = steps.map((step) => {
      const checks = this.all.filter((check) => check.step === step);
      const held = checks.filter((check) => check.ok).length;
      const line = `${step.padEnd(width)}  ${String(held).padStart(3)} of ${checks.length}`;
      return held === checks.length ? pc.green(line) : pc.red(line);
    });
    return [`${"step".padEnd(width)}  checks held`, ...rows].join("\n");
  }
}

function shorten(text: string | undefined): string {
  if (text === undefined) return "nothing";
  return text.length > 300 ? `${text.slice(0, 300)}...` : text;
}
