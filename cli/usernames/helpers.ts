import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { DetailQuota } from "../../mappings/usernames";
import type { HelperData } from "./helper";
import type { EvaluatedBlock } from "./judge";

/** More threads than this wait for the one that reads and puts together. */
const most = 3;
/** Blocks that a helper has at a time: one to work on, and one to go on with. */
const atATime = 2;

/** A thread that judges blocks. What it is given comes back in the same order. */
class Helper {
  private readonly worker: Worker;
  private readonly waiting: { resolve: (judged: EvaluatedBlock) => void; reject: (error: unknown) => void }[] = [];
  private ready = false;

  constructor(data: HelperData) {
    this.worker = new Worker(join(__dirname, "helper.ts"), {
      workerData: data,
      execArgv: ["--require", require.resolve("tsx/cjs")],
      // People are gone as soon as they are judged: a small nursery holds them.
      resourceLimits: { maxYoungGenerationSizeMb: 32 },
    });
    this.worker.on("message", (message: "ready" | EvaluatedBlock) => {
      if (message === "ready") this.ready = true;
      else this.waiting.shift()?.resolve(message);
    });
    this.worker.on("error", (error) => {
      this.ready = false;
      for (const { reject } of this.waiting.splice(0)) reject(error);
    });
  }

  get free(): boolean {
    return this.ready && this.waiting.length < atATime;
  }

  judge(block: Buffer, room: DetailQuota): Promise<EvaluatedBlock> {
    const judged = new Promise<EvaluatedBlock>((resolve, reject) => this.waiting.push({ resolve, reject }));
    this.worker.postMessage({ block, room }, [block.buffer as ArrayBuffer]);
    return judged;
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }
}

/** Threads besides this one: one for each further processor, up to a bound. */
export class WorkerPool {
  private readonly helpers: readonly Helper[];

  constructor(data: HelperData, count = Math.min(availableParallelism() - 1, most)) {
    this.helpers = Array.from({ length: count }, () => new Helper(data));
  }

  /** Gives the block away, memory and all, to a helper with nothing better to do; undefined where there is none. */
  offer(block: Buffer, room: DetailQuota): Promise<EvaluatedBlock> | undefined {
    return this.helpers.find(({ free }) => free)?.judge(block, room);
  }

  async end(): Promise<void> {
    await Promise.all(this.helpers.map((helper) => helper.end()));
  }
}
