import { isSafeNumber, parse } from "lossless-json";
import { compile, ExpressionError, type Evaluator, type InputValue, parseGeneral } from "entra-mappings";
import { parserReason } from "../common/errors";
import { readLines } from "../common/lines";
import type { Terminal } from "../common/terminal";

/** Maximum length of a line in characters. An expression has at most 10,000; the rest is attribute values. */
const longestLine = 1024 * 1024;

type Answer = { output: string | string[] | null } | { error: { message: string; position: number } };

/** Maximum number of cached compiled expressions. Scripts usually evaluate the same few. */
const KEPT = 1000;

/** An input line that is not a valid question. The message is a complete sentence for the user. */
class LineError extends Error {}

interface Question {
  expression: string;
  input: Map<string, InputValue>;
  now: string;
  defaultDomain: string;
}

/** Parses a number. Returns the original text if JavaScript would lose digits: AD timestamps have 18. */
function readNumber(text: string): number | string {
  return isSafeNumber(text) ? Number(text) : text;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function readQuestion(line: string): Question {
  if (line.length >= longestLine)
    throw new LineError(`The line is longer than ${longestLine} characters; give shorter attribute values.`);
  let parsed: unknown;
  try {
    parsed = parse(line, undefined, { parseNumber: readNumber, onDuplicateKey: ({ newValue }) => newValue });
  } catch (error) {
    throw new LineError(`The line is not JSON: ${parserReason(error)}.`, { cause: error });
  }
  if (!isObject(parsed))
    throw new LineError('The line is not an object; expected {"expression": "...", "input": {...}}.');
  const { expression, input = {}, now = "", defaultDomain = "" } = parsed;
  if (typeof expression !== "string") throw new LineError("The property expression is missing or not a string.");
  if (!isObject(input)) throw new LineError("The property input is not an object of attributes.");
  if (typeof now !== "string" || (now !== "" && parseGeneral(now) === undefined)) {
    throw new LineError("The property now is not a date and time; expected ISO 8601, such as 2025-07-30T08:00:00Z.");
  }
  if (typeof defaultDomain !== "string") throw new LineError("The property defaultDomain is not a string.");
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
  throw new LineError(
    `The input ${name} is not a string, a number, true, false, null, or a list of strings, numbers and booleans.`,
  );
}

const compiled = new Map<string, Evaluator>();

function evaluatorFor({ expression, now, defaultDomain }: Question): Evaluator {
  const key = JSON.stringify([expression, now, defaultDomain]);
  const cached = compiled.get(key);
  if (cached !== undefined) return cached;
  const evaluator = compile(expression, {
    now: now === "" ? undefined : () => new Date(parseGeneral(now)?.milliseconds ?? NaN),
    defaultDomain: defaultDomain === "" ? undefined : defaultDomain,
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

/** Answers each line of the input with one line of the output, in order. */
export async function answerLines(input: AsyncIterable<Buffer>, terminal: Pick<Terminal, "write">): Promise<void> {
  for await (const lines of readLines(input, longestLine)) {
    if (lines.length > 0) await terminal.write(lines.map((line) => `${JSON.stringify(answer(line))}\n`).join(""));
  }
}
