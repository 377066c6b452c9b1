/** The worker thread that evaluates blocks. See workerPool.ts. */
import { parentPort, workerData } from "node:worker_threads";
import type { NameColumns, DetailQuota } from "entra-mappings";
import { createBlockEvaluator, gatheringOptions, type Criteria, type Format } from "./evaluateBlock";

export interface HelperData {
  criteria: Criteria;
  format: Format;
}

export interface Assignment {
  block: Uint8Array;
  room: DetailQuota;
}

const { criteria, format } = workerData as HelperData;
const judge = createBlockEvaluator(gatheringOptions(criteria), format);

const buffersOf = ({ people, flags }: NameColumns) => [people.buffer, flags.buffer] as ArrayBuffer[];

parentPort?.on("message", ({ block, room }: Assignment) => {
  const judged = judge(Buffer.from(block.buffer, block.byteOffset, block.byteLength), room);
  const { names, currentNames } = judged.gathered;
  parentPort?.postMessage(judged, [
    ...buffersOf(names),
    ...(currentNames === undefined ? [] : buffersOf(currentNames)),
  ]);
});
parentPort?.postMessage("ready");
