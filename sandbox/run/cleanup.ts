/** What was started, stopped in reverse order, once, whatever happens: at the end, on an error, on Ctrl-C. */
export class Cleanup {
  private readonly steps: { what: string; stop: () => Promise<void> }[] = [];
  private running: Promise<void> | undefined;

  add(what: string, stop: () => Promise<void>): void {
    this.steps.push({ what, stop });
  }

  run(report: (line: string) => void): Promise<void> {
    this.running ??= (async () => {
      for (const { what, stop } of this.steps.reverse()) {
        try {
          await stop();
        } catch (error) {
          report(`stopping ${what}: ${error instanceof Error ? error.message : String(error)}`);
        }
      }
    })();
    return this.running;
  }
}
