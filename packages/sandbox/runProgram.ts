import { spawn } from "node:child_process";

export interface ProgramResult {
  code: number | null;
  out: string;
  err: string;
  /** Both outputs in the order in which they arrived. */
  output: string;
}

/** Runs a program and passes `input` to its standard input. Rejects only if the program cannot be started. */
export function runProgram(
  file: string,
  args: readonly string[],
  { input = "", ...options }: { cwd?: string; env?: NodeJS.ProcessEnv; input?: string },
): Promise<ProgramResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, options);
    const result: ProgramResult = { code: null, out: "", err: "", output: "" };
    const collect = (name: "out" | "err") => (chunk: Buffer) => {
      result[name] += chunk.toString();
      result.output += chunk.toString();
    };
    child.stdout.on("data", collect("out"));
    child.stderr.on("data", collect("err"));
    child.on("error", reject);
    child.on("close", (code) => resolve({ ...result, code }));
    // A program that reads no input can exit before the write.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
  });
}
