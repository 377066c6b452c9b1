/** One line on a terminal that says how far a long read has come, how quickly, and how long it will take. */

const integers = new Intl.NumberFormat("en-US");
/** Reads that are done before this are not worth a word. */
const quietMs = 1000;
const intervalMs = 250;

function duration(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

export interface ProgressOptions {
  /** Gets text that overwrites its own line. */
  write: (text: string) => void;
  /** Milliseconds. */
  now?: () => number;
}

export class Progress {
  private readonly now: () => number;
  private readonly start: number;
  private shownAt = -Infinity;
  private share = 0;

  constructor(private readonly options: ProgressOptions) {
    this.now = options.now ?? (() => performance.now());
    this.start = this.now();
  }

  /** How much of the input has been read; `total` 0: nobody knows. */
  read(done: number, total: number): void {
    this.share = total > 0 ? Math.min(1, done / total) : 0;
  }

  /** Shows the line, if it is time. */
  tick(people: number): void {
    const now = this.now();
    const elapsed = now - this.start;
    if (elapsed < quietMs || now - this.shownAt < intervalMs) return;
    this.shownAt = now;
    const rate = (people / elapsed) * 1000;
    const parts = [`${integers.format(people)} people`, `${integers.format(Math.round(rate))} a second`];
    if (this.share > 0) {
      const left = (elapsed / this.share - elapsed) / 1000;
      parts.push(`${Math.floor(this.share * 100)}%`, `${duration(left)} left`);
    }
    this.options.write(`\r\u001b[K${parts.join(", ")}`);
  }

  /** Takes the line away. */
  end(): void {
    if (this.shownAt > -Infinity) this.options.write("\r\u001b[K");
  }
}
