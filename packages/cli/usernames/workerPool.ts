import { availableParallelism } from "node:os";
import { extname, join } from "node:path";
import { Worker } from "node:worker_threads";
import type { DetailQuota } from "entra-mappings";
import type { HelperData } from "./worker";
import type { EvaluatedBlock } from "./evaluateBlock";

/** Maximum number of worker threads. More threads would only wait for the main thread, which reads and merges. */
const most = 3;
/** Maximum number of blocks per worker: one in progress and one queued. */
const atATime = 2;

/** The program of a worker: the bundle beside the bundled command. In tests of the sources, the source. */
const program =
  extname(__filename) === ".ts"
    ? {
        file: join(__dirname, "worker.ts"),
        execArgv: ["--conditions=source", "--require", require.resolve("tsx/cjs")],
      }
    : { file: join(__dirname, "worker.js"), execArgv: [] };

/** A worker thread that evaluates blocks. It returns results in the order of the blocks. */
class Helper {
  private readonly worker: Worker;
  private readonly waiting: { resolve: (judged: EvaluatedBlock) => void; reject: (error: unknown) => void }[] = [];
  private ready = false;

  constructor(data: HelperData) {
    this.worker = new Worker(program.file, {
      workerData: data,
      execArgv: program.execArgv,
      // Users become garbage right after their evaluation, so a small young generation is enough.
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

/** A pool of worker threads. Default size: one per additional processor, up to a limit. */
export class WorkerPool {
  private readonly helpers: readonly Helper[];

  constructor(data: HelperData, count = Math.min(availableParallelism() - 1, most)) {
    this.helpers = Array.from({ length: count }, () => new Helper(data));
  }

  /** Transfers the block and its memory to a free worker. Undefined: no worker is free, and the block stays usable. */
  offer(block: Buffer, room: DetailQuota): Promise<EvaluatedBlock> | undefined {
    return this.helpers.find(({ free }) => free)?.judge(block, room);
  }

  async end(): Promise<void> {
    await Promise.all(this.helpers.map((helper) => helper.end()));
  }
}
