/** The worker thread that evaluates blocks. See workerPool.ts. */
import { parentPort, workerData } from "node:worker_threads";
import type { NameColumns, DetailQuota } from "entra-mappings";
import { createBlockEvaluator, reportOptions, type Criteria, type Format } from "./evaluateBlock";

export interface WorkerData {
  criteria: Criteria;
  format: Format;
}

export interface Assignment {
  block: Uint8Array;
  quota: DetailQuota;
}

const { criteria, format } = workerData as WorkerData;
const evaluateBlock = createBlockEvaluator(reportOptions(criteria), format);

const buffersOf = ({ users, flags }: NameColumns) => [users.buffer, flags.buffer] as ArrayBuffer[];

parentPort?.on("message", ({ block, quota }: Assignment) => {
  const evaluated = evaluateBlock(Buffer.from(block.buffer, block.byteOffset, block.byteLength), quota);
  const { names, currentNames } = evaluated.gathered;
  parentPort?.postMessage(evaluated, [
    ...buffersOf(names),
    ...(currentNames === undefined ? [] : buffersOf(currentNames)),
  ]);
});
parentPort?.postMessage("ready");
