/** Shared code of all benchmarks: medians, targets and output. */
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";

/** A measured value with its limit. */
export interface Target {
  name: string;
  value: number;
  /** `""` for a ratio or a count. */
  unit: string;
  /** `>=`: the limit is a minimum; `<=`: a maximum. */
  sense: ">=" | "<=";
  limit: number;
}

/** The result of one benchmark. */
export interface Outcome {
  /** Rows of the printed table. */
  rows: [label: string, value: string][];
  targets: Target[];
  /** All measured values, for the JSON file. */
  figures: Record<string, unknown>;
}

const met = ({ value, sense, limit }: Target): boolean => (sense === ">=" ? value >= limit : value <= limit);

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Measures each task in each round, in milliseconds. The tasks alternate, so that background load affects all of them. */
export async function alternate<Name extends string>(
  tasks: Record<Name, () => Promise<unknown>>,
  rounds: number,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(tasks) as Name[];
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 0; round < rounds; round++) {
    for (const name of names) {
      const start = performance.now();
      await tasks[name]();
      times[name].push(performance.now() - start);
    }
  }
  return times;
}

export const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(2)} s`;

/** Prints an outcome as tables, writes it to the file `json` if given, and returns whether all targets are met. */
export function show({ rows, targets, figures }: Outcome, json: string | undefined): boolean {
  console.table(Object.fromEntries(rows.map(([label, value], index) => [`${index + 1}`, { measured: label, value }])));
  const format = ({ unit, limit }: Target, value: number) =>
    `${value.toFixed(unit === "" && !Number.isInteger(limit) ? 2 : 0)} ${unit}`.trimEnd();
  const lines = targets.map((target) => ({
    target: target.name,
    value: format(target, target.value),
    limit: `${target.sense} ${format(target, target.limit)}`,
    met: met(target),
  }));
  if (lines.length > 0) console.table(lines);
  if (json !== undefined) {
    const machine = { node: process.version, cpu: cpus()[0]?.model ?? "", cpus: cpus().length };
    writeFileSync(json, `${JSON.stringify({ machine, ...figures, targets }, null, 2)}\n`);
  }
  return targets.every(met);
}
