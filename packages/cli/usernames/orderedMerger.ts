import type { DirectoryUser, ReportBuilderOptions } from "entra-mappings";
import type { Visitor } from "./directory";
import { CliError } from "../common/errors";
import { LineProblems } from "./errors";
import { WorkerPool } from "./workerPool";
import { createBlockEvaluator, type Criteria, type Format, type EvaluatedBlock } from "./evaluateBlock";

export interface InOrderOptions {
  /** Name of the input in messages. */
  input: string;
  format: Format;
  /** Number of lines before the first block. */
  lines: number;
  /** Size of the whole input in bytes. 0: unknown. */
  size: number;
  reportOptions: ReportBuilderOptions;
  criteria: Criteria | undefined;
  onUser: ((user: DirectoryUser) => void) | undefined;
  visitor: Visitor;
}

/** Input size in bytes above which worker threads save more time than they need to start. */
const parallelThresholdBytes = 16 * 1024 * 1024;
/** Maximum number of blocks that wait for an earlier block. Each keeps its results in memory. */
const maxPendingBlocks = 48;

/**
 * Evaluates blocks in this thread, and in worker threads for large input. Passes the partial reports on in the order of the input.
 * @throws CliError that lists invalid lines
 */
export async function evaluateInOrder(cut: AsyncIterable<Buffer>, options: InOrderOptions): Promise<void> {
  const { format, reportOptions, criteria, onUser, visitor } = options;
  const evaluateBlock = createBlockEvaluator(reportOptions, format, onUser);
  const merger = new OrderedMerger(options);
  let workers: WorkerPool | undefined;
  let bytes = 0;
  try {
    for await (const block of cut) {
      bytes += block.length;
      if (criteria !== undefined && Math.max(options.size, bytes) > parallelThresholdBytes) {
        workers ??= new WorkerPool({ criteria, format });
      }
      const quota = visitor.quota();
      const given = workers?.offer(block, quota);
      merger.add(given ?? evaluateBlock(block, quota));
      await merger.keepUp();
    }
    await merger.end();
  } finally {
    await workers?.end();
  }
}

interface Part {
  evaluated?: EvaluatedBlock;
  readonly promise?: Promise<void>;
}

/** Merges results in the order in which they were added. */
class OrderedMerger {
  private readonly parts: Part[] = [];
  private readonly problems: LineProblems;
  private lines: number;

  constructor(private readonly options: InOrderOptions) {
    this.problems = new LineProblems(options.input);
    this.lines = options.lines;
  }

  add(evaluated: EvaluatedBlock | Promise<EvaluatedBlock>): void {
    if (!(evaluated instanceof Promise)) {
      this.parts.push({ evaluated });
      return;
    }
    const part: Part = { promise: evaluated.then((found) => void (part.evaluated = found)) };
    // The error is thrown where the part is awaited. This handler prevents an unhandled rejection before that.
    part.promise?.catch(() => undefined);
    this.parts.push(part);
  }

  /** Merges finished results. Waits only while too many are pending. */
  async keepUp(): Promise<void> {
    this.takeReady();
    while (this.parts.length > maxPendingBlocks) await this.takeNext();
  }

  async end(): Promise<void> {
    while (this.parts.length > 0) await this.takeNext();
    this.problems.finish();
  }

  private async takeNext(): Promise<void> {
    await this.parts[0]?.promise;
    this.takeReady();
  }

  private takeReady(): void {
    for (let evaluated = this.parts[0]?.evaluated; evaluated !== undefined; evaluated = this.parts[0]?.evaluated) {
      this.parts.shift();
      this.take(evaluated);
    }
  }

  private take({ gathered, lines, problems, unreadable }: EvaluatedBlock): void {
    const { input, visitor } = this.options;
    for (const { line, reason } of problems) this.problems.add(this.lines + line, reason);
    if (unreadable !== undefined) {
      const { line, reason } = unreadable;
      throw new CliError([`${input}, line ${this.lines + line}: ${reason}.`]);
    }
    this.lines += lines;
    visitor.gathered(gathered);
  }
}
