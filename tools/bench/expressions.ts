import { compile, ExpressionError } from "entra-mappings";
import { slowExpressions, longValues } from "entra-mappings/testing";
import type { Outcome } from "./measure";

/** Evaluates expressions that are designed to be slow. */
export function benchExpressions(): Outcome {
  const results = Object.entries(slowExpressions).map(([name, text]) => {
    const start = performance.now();
    let outcome = "a value";
    try {
      compile(text)((attribute) => longValues[attribute]);
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      outcome = error.message.slice(0, 80);
    }
    return { name, milliseconds: performance.now() - start, outcome };
  });
  const slowest = Math.max(...results.map(({ milliseconds }) => milliseconds));
  return {
    rows: results.map(({ name, milliseconds, outcome }) => [name, `${milliseconds.toFixed(0)} ms  ${outcome}`]),
    targets: [{ name: "slowest expression", value: slowest, unit: "ms", sense: "<=", limit: 1000 }],
    figures: { results },
  };
}
