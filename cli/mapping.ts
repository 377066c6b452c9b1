/** Evaluates attribute mapping expressions, for scripts and editors. `--help` says the rest. */
import { Command } from "commander";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { isSafeNumber, parse } from "lossless-json";
import { compile, ExpressionError, type Evaluator, type InputValue } from "../mappings/expression";
import { parseGeneral } from "../mappings/expression/datetime/parse";
import { runCommand, parseCommand } from "./common/command";
import { main } from "./common/terminal";

type Answer = { output: string | string[] | null } | { error: { message: string; position: number } };

/** Compiled expressions that are kept: scripts mostly ask about the same few. */
const KEPT = 1000;

/** A line that is not a question: its message is a sentence. */
class LineError extends Error {}

interface Question {
  expression: string;
  input: Map<string, InputValue>;
  now: string;
  defaultDomain: string;
}

/** Numbers of more digits than JavaScript keeps (AD's times have 18) stay as they are written. */
function readNumber(text: string): number | string {
  return isSafeNumber(text) ? Number(text) : text;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function readQuestion(line: string): Question {
  let parsed: unknown;
  try {
    parsed = parse(line, undefined, { parseNumber: readNumber, onDuplicateKey: ({ newValue }) => newValue });
  } catch (error) {
    throw new LineError(`The line is not JSON: ${(error as Error).message}.`, { cause: error });
  }
  if (!isObject(parsed))
    throw new LineError('The line is not an object; expected {"expression": "...", "input": {...}}.');
  const { expression, input = {}, now = "", defaultDomain = "" } = parsed;
  if (typeof expression !== "string") throw new LineError("The property expression is missing or not a text.");
  if (!isObject(input)) throw new LineError("The property input is not an object of attributes.");
  if (typeof now !== "string" || (now !== "" && parseGeneral(now) === undefined)) {
    throw new LineError("The property now is not a time; expected ISO 8601, such as 2025-07-30T08:00:00Z.");
  }
  if (typeof defaultDomain !== "string") throw new LineError("The property defaultDomain is not a text.");
  const attributes = Object.entries(input).map(([name, value]): [string, InputValue] => [name, readValue(name, value)]);
  return { expression, input: new Map(attributes), now, defaultDomain };
}

function readValue(name: string, value: unknown): InputValue {
  const scalar = (one: unknown): one is string | number | boolean =>
    ["string", "number", "boolean"].includes(typeof one);
  if (value === null || scalar(value)) return value;
  if (Array.isArray(value) && value.every(scalar)) {
    return value.map((one) => (typeof one === "boolean" ? (one ? "True" : "False") : String(one)));
  }
  throw new LineError(`The input ${name} is not a text, a number, true, false, a list of these or null.`);
}

const compiled = new Map<string, Evaluator>();

function evaluatorFor({ expression, now, defaultDomain }: Question): Evaluator {
  const key = JSON.stringify([expression, now, defaultDomain]);
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const evaluator = compile(expression, {
    ...(now === "" ? {} : { now: () => new Date(parseGeneral(now)?.milliseconds ?? NaN) }),
    ...(defaultDomain === "" ? {} : { defaultDomain }),
  });
  if (compiled.size >= KEPT) compiled.clear();
  compiled.set(key, evaluator);
  return evaluator;
}

function answer(line: string): Answer {
  try {
    const question = readQuestion(line);
    return { output: evaluatorFor(question)((name) => question.input.get(name)) };
  } catch (error) {
    if (error instanceof ExpressionError) return { error: { message: error.message, position: error.position } };
    if (error instanceof LineError) return { error: { message: error.message, position: 0 } };
    throw error;
  }
}

const epilogue = `
Standard input has one JSON object a line:
  {"expression": "...", "input": {attribute: text, number, true, false, list or null}, "now"?: ISO time, "defaultDomain"?: text}
Standard output has one line for each, in order:
  {"output": ...}                            as Entra would print it
  {"error": {"message": ..., "position": n}} what is wrong, and at which character

Exit codes:
  0  all lines were answered, be it with an error
  2  the command line was wrong

Example:
  echo '{"expression": "ToLower([mail])", "input": {"mail": "Ada@Corp.com"}}' | npm run --silent mapping
`;

main((argv, terminal) =>
  runCommand(terminal, 2, async () => {
    const program = new Command("npm run mapping --")
      .description("Evaluates attribute mapping expressions of Entra's, for scripts and editors.")
      .addHelpText("after", epilogue);
    parseCommand(program, argv);
    let first = true;
    for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
      // Windows programs put a byte order mark before UTF-8.
      const asked = first ? line.replace(/^\ufeff/, "") : line;
      first = false;
      if (!process.stdout.write(`${JSON.stringify(answer(asked))}\n`)) await once(process.stdout, "drain");
    }
    return 0;
  }),
);
