import { unseenSource } from "../../escapeInvisible";

/**
 * The source of the page's script. It runs in the reader's browser and reads only the report inside the page. It inserts
 * directory values as text, never as markup.
 */
export const script = `"use strict";
(() => {
  const { users, kinds, levels, compared } = JSON.parse(document.getElementById("report").textContent);
  const rank = { error: 0, warn: 1, info: 2 };
  const worst = (row) => Math.min(3, ...row.findings.map(({ level }) => rank[level]));
  const rows = users.map((row) => ({
    row,
    level: worst(row),
    text: [row.user, row.displayName, row.mail, row.name, row.before, ...row.findings.map(({ reason }) => reason)]
      .filter((part) => typeof part === "string").join("\\n").toLowerCase(),
  }));
  const $ = (id) => document.getElementById(id);
  const body = $("users");
  const page = 200;
  let shown = page;
  let order = { key: "level", direction: 1 };

  const element = (tag, text, className) => {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  };
  const visible = (text) => text.replace(/${unseenSource}/gu,
    (character) => "\\\\u{" + character.codePointAt(0).toString(16) + "}");
  const value = ({ row, level }, key) => key === "level" ? level : key === "findings"
    ? row.findings.map(({ kind }) => kind).join(" ") : String(row[key] ?? "").toLowerCase();
  const compare = (a, b) => a < b ? -1 : a > b ? 1 : 0;

  function line({ row }) {
    const tr = element("tr");
    const who = element("td");
    who.append(element("div", visible(row.user), "name"));
    if (row.displayName) who.append(element("div", visible(row.displayName), "muted"));
    tr.append(who);
    if (compared) tr.append(element("td", visible(row.before ?? ""), "name"));
    tr.append(element("td", visible(row.name ?? ""), "name"));
    const grade = element("td", row.grade ?? "");
    if (row.notes && row.notes.length) grade.title = visible(row.notes.join("\\n"));
    tr.append(grade);
    const findings = element("td");
    for (const { level, reason } of row.findings) findings.append(element("div", visible(reason), level));
    tr.append(findings);
    return tr;
  }

  function render() {
    const words = $("search").value.toLowerCase().split(/\\s+/).filter(Boolean);
    const kind = $("kind").value;
    const level = $("level").value;
    const grade = $("grade").value;
    const found = rows.filter(({ row, text, level: worst }) =>
      words.every((word) => text.includes(word)) &&
      (kind === "" || row.findings.some((finding) => finding.kind === kind)) &&
      (level === "" || (level === "none" ? worst === 3 : worst === rank[level])) &&
      (grade === "" || (row.grade ?? "none") === grade));
    found.sort((a, b) => order.direction * compare(value(a, order.key), value(b, order.key)) || compare(a.row.user, b.row.user));
    body.replaceChildren(...found.slice(0, shown).map(line));
    $("found").textContent = found.length.toLocaleString("en-US") + " of " + rows.length.toLocaleString("en-US") + " listed";
    $("more").hidden = found.length <= shown;
    for (const th of document.querySelectorAll("th[data-key]")) {
      if (th.dataset.key !== order.key) th.removeAttribute("aria-sort");
      else th.setAttribute("aria-sort", order.direction > 0 ? "ascending" : "descending");
    }
  }

  const option = (select, value, text) => {
    const made = element("option", text);
    made.value = value;
    select.append(made);
  };
  for (const [kind, title] of Object.entries(kinds)) option($("kind"), kind, title);
  for (const [level, title] of Object.entries(levels)) option($("level"), level, title);
  const again = () => { shown = page; render(); };
  $("search").addEventListener("input", again);
  for (const id of ["kind", "level", "grade"]) $(id).addEventListener("change", again);
  $("more").addEventListener("click", () => { shown += page; render(); });
  for (const th of document.querySelectorAll("th[data-key]")) {
    th.firstElementChild.addEventListener("click", () => {
      order = { key: th.dataset.key, direction: order.key === th.dataset.key ? -order.direction : 1 };
      render();
    });
  }
  for (const button of document.querySelectorAll("button[data-kind]")) {
    button.addEventListener("click", () => {
      $("kind").value = button.dataset.kind;
      again();
      $("search").scrollIntoView({ block: "start" });
    });
  }
  $("bar").hidden = false;
  render();
})();
`;
