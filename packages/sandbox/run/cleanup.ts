/** Stops the started services once, in reverse order: at the end, after an error, or on Ctrl-C. */
export class Cleanup {
  private readonly steps: { description: string; stop: () => Promise<void> }[] = [];
  private running: Promise<void> | undefined;

  add(description: string, stop: () => Promise<void>): void {
    this.steps.push({ description, stop });
  }

  run(report: (line: string) => void): Promise<void> {
    this.running ??= (async () => {
      for (const { description, stop } of this.steps.reverse()) {
        try {
          await stop();
        } catch (error) {
          report(`stopping ${description} failed: ${error instanceof Error ? error.message : String(error)}`);
        }
      }
    })();
    return this.running;
  }
}
