import { LosslessNumber, parse, stringify } from "lossless-json";

/** JSON in which a number that JavaScript would change (`1.0`, 20 digits) is kept as it is written. */
export function parseJson(text: string): unknown {
  return parse(text, undefined, (number) =>
    String(Number(number)) === number ? Number(number) : new LosslessNumber(number),
  );
}

export function printJson(value: unknown): string {
  return stringify(value) ?? "null";
}
