import { createHash } from "node:crypto";
import { descriptions } from "../findings";
import type { UsernameReport } from "../reportTypes";
import { script } from "./htmlScript";
import { style } from "./htmlStyle";
import { findingCounts, gradeTitles, summaryLine } from "./summary";
import { count, counted, htmlText } from "./text";

/** Returns the content security policy source that allows exactly this text. */
function hash(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

/** Returns JSON for a script element. Only "<" could end the element, so it is escaped. */
function json(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}

const levels = { error: "errors", warn: "warnings", info: "notes", none: "no findings" };

/**
 * Renders the report as one self-contained HTML page for the users who approve the names: totals, users with search, filters and
 * sorting, collisions, nested groups. The page loads and sends nothing; its content security policy forbids both.
 */
export function renderHtml(report: UsernameReport): string {
  const users = findingCounts(report);
  const kinds = Object.fromEntries(users.map(({ kind }) => [kind, descriptions[kind].title]));
  const data = json({ users: report.users, kinds, levels, compared: report.compared });
  const policy = `default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)}; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>User names</title>
<style>${style}</style>
</head>
<body>
<h1>User names</h1>
<p id="summary">${htmlText(summaryLine(report))}</p>
${aboutList(report)}
${findingsTable(report)}
${gradesTable(report)}
${usersSection(report)}
${collisionsSection(report)}
${nestedSection(report)}
<script type="application/json" id="report">${data}</script>
<script>${script}</script>
</body>
</html>
`;
}

function aboutList(report: UsernameReport): string {
  const entries = Object.entries(report.about);
  if (entries.length === 0) return "";
  const items = entries.map(([label, value]) => `<dt>${htmlText(label)}</dt><dd><code>${htmlText(value)}</code></dd>`);
  return `<dl>${items.join("\n")}</dl>`;
}

function findingsTable(report: UsernameReport): string {
  const users = findingCounts(report);
  if (users.length === 0) return "<h2>Findings</h2>\n<p>None.</p>";
  const rows = users.map(({ kind, users }) => {
    const { level, title, meaning } = descriptions[kind];
    return (
      `<tr><td class="${level}">${level}</td><td>${htmlText(title)}</td><td class="number">${count(users)}</td>` +
      `<td>${htmlText(meaning)}</td><td><button type="button" class="more" data-kind="${kind}">show</button></td></tr>`
    );
  });
  return `<h2>Findings</h2>
<table id="findings"><thead><tr><th>level</th><th>finding</th><th class="number">users</th><th>meaning</th><th></th></tr></thead>
<tbody>${rows.join("\n")}</tbody></table>`;
}

function gradesTable(report: UsernameReport): string {
  const rows = Object.entries(gradeTitles).map(
    ([grade, title]) =>
      `<tr><td>${title}</td><td class="number">${count(report.totals.grades[grade as keyof typeof gradeTitles])}</td></tr>`,
  );
  return `<h2>Grades of names</h2>
<table id="grades"><thead><tr><th>grade</th><th class="number">users</th></tr></thead><tbody>${rows.join("\n")}</tbody></table>`;
}

function usersSection(report: UsernameReport): string {
  const columns: [key: string, title: string][] = [
    ["user", "user"],
    ...(report.compared ? ([["before", "current name"]] as [string, string][]) : []),
    ["name", report.compared ? "new name" : "name"],
    ["grade", "grade"],
    ["level", "findings"],
  ];
  const heads = columns.map(([key, title]) => `<th data-key="${key}"><button type="button">${title}</button></th>`);
  const grades = Object.entries(gradeTitles).map(([grade, title]) => `<option value="${grade}">${title}</option>`);
  const left =
    report.usersLeftOut === 0
      ? ""
      : `<p class="muted">${counted(report.usersLeftOut, "more user is", "more users are")} in the totals but not listed.</p>`;
  return `<h2>Users</h2>
<noscript><p>The search and the list of users require JavaScript. Totals and collisions are shown without it.</p></noscript>
<div class="bar" id="bar" hidden>
<input type="search" id="search" placeholder="Search users, names, reasons" aria-label="Search">
<select id="kind" aria-label="Finding"><option value="">any finding</option></select>
<select id="level" aria-label="Level"><option value="">any level</option></select>
<select id="grade" aria-label="Grade"><option value="">any grade</option>${grades.join("")}</select>
<span id="found" class="muted" role="status"></span>
</div>
<table><thead><tr>${heads.join("")}</tr></thead><tbody id="users"></tbody></table>
<button type="button" class="more" id="more" hidden>Show more</button>
${left}`;
}

function collisionsSection(report: UsernameReport): string {
  if (report.collisions.length === 0) return "";
  const items = report.collisions.map(
    ({ name, users, userCount }) =>
      `<details><summary><code>${htmlText(name)}</code> (${count(userCount)} users)</summary>` +
      `<ul>${users.map(({ user, name }) => `<li><code>${htmlText(user)}</code> as <code>${htmlText(name)}</code></li>`).join("")}` +
      `${leftOut(userCount - users.length, "li")}</ul></details>`,
  );
  const names = report.totals.collisionNames;
  return `<h2 id="collisions">Collisions: ${counted(names, "name", "names")}</h2>
${items.join("\n")}${leftOut(names - items.length, "p")}`;
}

function nestedSection(report: UsernameReport): string {
  if (report.nestedGroups.length === 0) return "";
  const items = report.nestedGroups.map(
    ({ name, parent }) => `<li><code>${htmlText(name)}</code>, a member of <code>${htmlText(parent)}</code></li>`,
  );
  const left = leftOut(report.totals.nestedGroups - items.length, "li");
  return `<h2>Nested groups, never provisioned</h2>\n<ul>${items.join("\n")}${left}</ul>`;
}

function leftOut(left: number, element: "li" | "p"): string {
  return left > 0 ? `<${element} class="muted">... and ${count(left)} more</${element}>` : "";
}
