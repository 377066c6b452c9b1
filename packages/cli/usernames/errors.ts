import { CliError } from "../common/errors";

/** Problems of input lines. They are collected and reported together, up to a limit. */
export class LineProblems {
  /** Maximum number of problems. More than this means that the file has another format. */
  static readonly most = 20;
  private readonly problems: string[] = [];

  constructor(private readonly input: string) {}

  /** Adds a problem. @throws CliError when the limit is reached */
  add(line: number, reason: string): void {
    this.problems.push(`${this.input}, line ${line}: ${reason}`);
    if (this.problems.length < LineProblems.most) return;
    throw new CliError([...this.problems, `${this.input}: stopped after ${LineProblems.most} invalid lines.`]);
  }

  /** Reports the collected problems. @throws CliError if there are any */
  finish(): void {
    if (this.problems.length > 0) throw new CliError(this.problems);
  }
}
