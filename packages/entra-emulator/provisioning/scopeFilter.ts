import type { InputValue } from "entra-mappings";

interface Clause {
  operatorName?: string;
  sourceOperandName?: string;
  targetOperand?: { values?: string[] } | null;
}

interface FilterGroup {
  clauses?: Clause[];
}

/** Returns whether an object passes a scoping filter: all clauses of at least one group. Throws for an unknown operator. */
export function passesFilter(scope: unknown, lookup: (name: string) => InputValue): boolean {
  const groups = (scope as { groups?: FilterGroup[] } | null | undefined)?.groups ?? [];
  return groups.length === 0 || groups.some((group) => (group.clauses ?? []).every((clause) => holds(clause, lookup)));
}

function holds(clause: Clause, lookup: (name: string) => InputValue): boolean {
  const raw = lookup(clause.sourceOperandName ?? "");
  const values = (Array.isArray(raw) ? raw : [raw]).map((one) => (one === null || one === undefined ? "" : text(one)));
  const wanted = clause.targetOperand?.values ?? [];
  const isNull = values.every((value) => value === "");
  switch (clause.operatorName?.toUpperCase()) {
    case "EQUALS":
      return values.some((value) => wanted.includes(value));
    case "NOT EQUALS":
      return !values.some((value) => wanted.includes(value));
    case "IS TRUE":
      return values.includes("True");
    case "IS FALSE":
      return values.includes("False");
    case "IS NULL":
      return isNull;
    case "IS NOT NULL":
      return !isNull;
    case "REGEX MATCH":
      return values.some((value) => wanted.some((pattern) => new RegExp(pattern).test(value)));
    case "NOT REGEX MATCH":
      return !values.some((value) => wanted.some((pattern) => new RegExp(pattern).test(value)));
    default:
      throw new Error(
        `The scoping filter operator '${clause.operatorName}' is not supported. Use an operator that GET schema/filterOperators lists.`,
      );
  }
}

function text(value: string | number | boolean): string {
  if (typeof value === "boolean") return value ? "True" : "False";
  return String(value);
}
