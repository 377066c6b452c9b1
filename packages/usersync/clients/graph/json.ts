import { LosslessNumber, parse, stringify } from "lossless-json";

/** Parses JSON and preserves the spelling of numbers that JavaScript would change, such as `1.0` or 20 digits. */
export function parseJson(text: string): unknown {
  return parse(text, undefined, (number) =>
    String(Number(number)) === number ? Number(number) : new LosslessNumber(number),
  );
}

export function printJson(value: unknown): string {
  return stringify(value) ?? "null";
}
