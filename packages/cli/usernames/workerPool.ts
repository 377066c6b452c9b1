import { availableParallelism } from "node:os";
import { extname, join } from "node:path";
import { Worker } from "node:worker_threads";
import type { DetailQuota } from "entra-mappings";
import type { WorkerData } from "./worker";
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
class BlockWorker {
  private readonly worker: Worker;
  private readonly waiting: { resolve: (evaluated: EvaluatedBlock) => void; reject: (error: unknown) => void }[] = [];
  private ready = false;

  constructor(data: WorkerData) {
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

  evaluate(block: Buffer, quota: DetailQuota): Promise<EvaluatedBlock> {
    const evaluated = new Promise<EvaluatedBlock>((resolve, reject) => this.waiting.push({ resolve, reject }));
    this.worker.postMessage({ block, quota }, [block.buffer as ArrayBuffer]);
    return evaluated;
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }
}

/** A pool of worker threads. Default size: one per additional processor, up to a limit. */
export class WorkerPool {
  private readonly workers: readonly BlockWorker[];

  constructor(data: WorkerData, count = Math.min(availableParallelism() - 1, most)) {
    this.workers = Array.from({ length: count }, () => new BlockWorker(data));
  }

  /** Transfers the block and its memory to a free worker. Undefined: no worker is free, and the block stays usable. */
  offer(block: Buffer, quota: DetailQuota): Promise<EvaluatedBlock> | undefined {
    return this.workers.find(({ free }) => free)?.evaluate(block, quota);
  }

  async end(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.end()));
  }
}
