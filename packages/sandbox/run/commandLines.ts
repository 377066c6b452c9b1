import { readdirSync, readFileSync } from "node:fs";

const everyMs = 100;
/** A shell can replace itself by exec, so each new process is read this many times. */
const readsPerProcess = 20;

/** Collects the command lines of all processes on this machine, which any user of a node can read. Linux only. */
export class CommandLines {
  readonly seen = new Set<string>();
  private readonly times = new Map<string, number>();
  private readonly timer = setInterval(() => this.poll(), everyMs);

  constructor() {
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private poll(): void {
    let pids: string[];
    try {
      pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
    } catch {
      return this.stop();
    }
    for (const pid of pids) {
      const times = this.times.get(pid) ?? 0;
      if (times >= readsPerProcess) continue;
      this.times.set(pid, times + 1);
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
        if (line !== "") this.seen.add(line);
      } catch {
        // The process has exited.
      }
    }
  }
}
