import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

const root = path.join(__dirname, "../..");
const reports = path.join(root, "reports/faults");
const document = path.join(root, "docs/reliability.md");

/** Results of one area as a table. */
export interface Figures {
  columns: string[];
  rows: (string | number)[][];
}

/** Writes the results of a run as JSON to reports/faults, for `npm run docs:reliability`. */
export function writeFigures(area: string, figures: Figures): void {
  mkdirSync(reports, { recursive: true });
  writeFileSync(path.join(reports, `${area}.json`), `${JSON.stringify(figures, null, 2)}\n`);
}

/** Returns the results of the last run, or `undefined` if the area was not run. */
export function readFigures(area: string): Figures | undefined {
  const file = path.join(reports, `${area}.json`);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Figures) : undefined;
}

/** Returns the table of an area in docs/reliability.md. */
export function documented(area: string): Figures {
  const [, table = ""] = pattern(area).exec(readFileSync(document, "utf8")) ?? [];
  const [columns = [], , ...rows] = table
    .trim()
    .split("\n")
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  // The first column is a name even if it looks like a number: "503".
  const read = (cell: string, column: number) => (column > 0 && /^\d+$/.test(cell) ? Number(cell) : cell);
  return { columns, rows: rows.map((row) => row.map(read)) };
}

/**
 * Returns the document's text with a new table for an area.
 * @throws Error if the document has no section for the area
 */
export function withFigures(text: string, area: string, { columns, rows }: Figures): string {
  if (!pattern(area).test(text))
    throw new Error(`docs/reliability.md has no section for the area "${area}". Add the comment "${opening(area)}".`);
  const lines = [columns, columns.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`);
  return text.replace(pattern(area), `${opening(area)}\n\n${lines.join("\n")}\n\n${closing}`);
}

/** Returns the areas that have a section in the document. */
export function areasOf(text: string): string[] {
  return [...text.matchAll(/<!-- figures: ([\w-]+) -->/g)].map(([, area]) => area ?? "");
}

const closing = "<!-- end of figures -->";
const opening = (area: string): string => `<!-- figures: ${area} -->`;
const pattern = (area: string): RegExp => new RegExp(`${opening(area)}([^]*?)${closing}`);
