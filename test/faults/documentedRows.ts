import { readFileSync } from "node:fs";
import path from "node:path";

/**
 * Returns the rows of a table in a page of the documentation, without the padding of its cells.
 * @param header the table's first line, without padding
 */
export function documentedRows(header: string, page = "reliability.md"): string[] {
  const lines = readFileSync(path.join(__dirname, "../../docs", page), "utf8")
    .split("\n")
    .map((line) => line.replace(/ +/g, " "));
  const start = lines.indexOf(header);
  if (start < 0) throw new Error(`docs/${page} has no table "${header}".`);
  const rows = lines.slice(start + 2);
  return rows.slice(0, rows.indexOf(""));
}

/** Returns the line of a table. */
export function tableRow(cells: readonly (string | number)[]): string {
  return `| ${cells.join(" | ")} |`;
}
