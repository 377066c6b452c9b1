/** A progress line on a terminal: number of users, rate, percentage and remaining time. */

const integers = new Intl.NumberFormat("en-US");
/** Time without a progress line at the start, in milliseconds. Short reads show none. */
const quietMs = 1000;
const intervalMs = 250;

function duration(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

export interface ProgressOptions {
  /** Writes text that overwrites the current line. */
  write: (text: string) => void;
  /** Returns the current time in milliseconds. Default: `performance.now`. */
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

  /** Sets how much of the input has been read. `total` 0: unknown. */
  read(done: number, total: number): void {
    this.share = total > 0 ? Math.min(1, done / total) : 0;
  }

  /** Shows the line if the interval has passed. */
  tick(count: number): void {
    const now = this.now();
    const elapsed = now - this.start;
    if (elapsed < quietMs || now - this.shownAt < intervalMs) return;
    this.shownAt = now;
    const rate = (count / elapsed) * 1000;
    const parts = [`${integers.format(count)} users`, `${integers.format(Math.round(rate))} per second`];
    if (this.share > 0) {
      const left = (elapsed / this.share - elapsed) / 1000;
      parts.push(`${Math.floor(this.share * 100)}%`, `${duration(left)} left`);
    }
    this.options.write(`\r\u001b[K${parts.join(", ")}`);
  }

  /** Clears the line. */
  end(): void {
    if (this.shownAt > -Infinity) this.options.write("\r\u001b[K");
  }
}
