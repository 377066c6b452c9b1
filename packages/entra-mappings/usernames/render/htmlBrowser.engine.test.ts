import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { compile } from "../../expression/compile";
import { createReport } from "../report";
import { renderHtml } from "./html";

const candidates = [
  process.env["CHROMIUM"],
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
];
const executablePath = candidates.find((path) => path !== undefined && path !== "" && existsSync(path));
const whyNot =
  "No Chromium found at /usr/bin/chromium, chromium-browser, google-chrome or google-chrome-stable. Set CHROMIUM to its path.";
const malicious = '<img src=x onerror="document.title=1">';

describe("the HTML report in a browser", () => {
  let browser: Browser;
  let page: Page;
  const problems: string[] = [];
  const requests: string[] = [];
  const dir = mkdtempSync(join(tmpdir(), "usernames-"));

  beforeAll(async () => {
    if (executablePath === undefined) return;
    const report = createReport({
      mapping: compile('ToLower(Replace([userPrincipalName], , "@.*", , "", , ), )'),
      currentExpression: compile("[mailNickname]"),
      maxDetails: Infinity,
    });
    for (let n = 0; n < 450; n++) {
      const userPrincipalName = `user${n}@corp.example`;
      report.add({ userPrincipalName, mail: userPrincipalName, mailNickname: `user${n}` });
    }
    report.add({ userPrincipalName: "bill@a.example", mail: "bill@a.example", mailNickname: "bgates" });
    report.add({ userPrincipalName: "Bill@b.example", mail: null, displayName: "Bill Brown", mailNickname: "bill" });
    report.add({
      userPrincipalName: "evil@a.example",
      mail: "evil@a.example",
      displayName: malicious,
      mailNickname: "evil",
    });
    const file = join(dir, "report.html");
    writeFileSync(file, renderHtml(report.finish()));
    // Chromium's own sandbox needs privileges that containers lack.
    browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
    page = await browser.newPage();
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("console", (message) => problems.push(message.text()));
    page.on("request", (request) => requests.push(request.url()));
    await page.goto(pathToFileURL(file).href);
  });
  beforeEach(({ skip }) => {
    if (executablePath === undefined) skip(whyNot);
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const names = () => page.locator("#users tr td:first-child .name").allTextContents();
  const reset = async () => {
    await page.fill("#search", "");
    for (const id of ["#kind", "#level", "#grade"]) await page.selectOption(id, "");
  };

  it("lists users with the most severe findings first and more users on request", async () => {
    await reset();
    expect((await names()).slice(0, 2).sort()).toEqual(["Bill@b.example", "bill@a.example"]);
    expect(await page.locator("#found").textContent()).toBe("453 of 453 listed");
    expect(await names()).toHaveLength(200);
    await page.click("#more");
    await page.click("#more");
    expect(await names()).toHaveLength(453);
    expect(await page.locator("#more").isVisible()).toBe(false);
  });

  it("finds all search words in users, names and reasons", async () => {
    await reset();
    await page.fill("#search", "brown");
    expect(await names()).toEqual(["Bill@b.example"]);
    await page.fill("#search", "bgates new account");
    expect(await names()).toEqual(["bill@a.example"]);
    await page.fill("#search", "nobody here");
    expect(await names()).toEqual([]);
  });

  it("filters users by finding, level and grade", async () => {
    await reset();
    await page.selectOption("#kind", "noMail");
    expect(await names()).toEqual(["Bill@b.example"]);
    await page.selectOption("#kind", "");
    await page.selectOption("#level", "none");
    expect(await page.locator("#found").textContent()).toBe("451 of 453 listed");
    await page.selectOption("#grade", "refused");
    expect(await names()).toEqual([]);
    await reset();
    await page.click('button[data-kind="renamed"]');
    expect(await names()).toEqual(["bill@a.example"]);
  });

  it("sorts users by a column in both directions", async () => {
    await reset();
    await page.click('th[data-key="user"] button');
    expect((await names())[0]).toBe("bill@a.example");
    await page.click('th[data-key="user"] button');
    expect((await names())[0]).toBe("user9@corp.example");
    expect(await page.locator('th[data-key="user"]').getAttribute("aria-sort")).toBe("descending");
  });

  it("shows untrusted names as text", async () => {
    await reset();
    await page.fill("#search", "evil");
    expect(await page.locator("#users .muted").textContent()).toBe(malicious);
    expect(await page.locator("#users img").count()).toBe(0);
    expect(await page.title()).toBe("User names");
  });

  it("loads no other resources and causes no script or policy errors", () => {
    expect(problems).toEqual([]);
    expect(requests.filter((url) => !url.startsWith("file:"))).toEqual([]);
    expect(requests).toHaveLength(1);
  });
});
