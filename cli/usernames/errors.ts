import { CliError } from "../common/errors";

export { CliError };

/** Problems of single lines of input, collected so that all are shown at once, up to a bound. */
export class LineProblems {
  /** More than these say nothing new: the file is then of another kind altogether. */
  static readonly most = 20;
  private readonly problems: string[] = [];

  constructor(private readonly input: string) {}

  /** @throws CliError when there are too many. */
  add(line: number, reason: string): void {
    this.problems.push(`${this.input}, line ${line}: ${reason}`);
    if (this.problems.length < LineProblems.most) return;
    throw new CliError([...this.problems, `${this.input}: stopped after ${LineProblems.most} wrong lines.`]);
  }

  /** @throws CliError with all that was added. */
  finish(): void {
    if (this.problems.length > 0) throw new CliError(this.problems);
  }
}
