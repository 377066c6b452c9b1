import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { installPacked, type InstalledPackage } from "@smallstep-ssh/tools/packedPackage";

let installed: InstalledPackage | string;
beforeAll(async () => {
  installed = await installPacked("entra-mappings");
}, 300_000);
afterAll(() => (typeof installed === "object" ? installed.remove() : undefined));

const uses = `
const evaluate = compile('ToLower(Replace([userPrincipalName], , "(?<Suffix>@(.)*)", "Suffix", "", , ))');
const report = createReport({ mapping: compile(presets["upn-local-part"].expression) });
report.add({ userPrincipalName: "Ada.Lovelace@contoso.com", mail: "ada.lovelace@contoso.com" });
console.log(evaluate((name) => ({ userPrincipalName: "Bill.Gates@contoso.com" })[name]));
console.log(toMappingSource(parse("[mail]")).type, checkPosixName("bill.gates").grade);
console.log(summaryLine(report.finish()));
`;
const names = "{ checkPosixName, compile, createReport, parse, presets, summaryLine, toMappingSource }";
const output = "bill.gates\nAttribute accepted\n1 user: 1 without findings.\n";

describe("the packed entra-mappings", () => {
  it("contains only the build, the README and the license", (context) => {
    if (typeof installed === "string") return context.skip(installed);
    const others = installed.files.filter((file) => !/^dist\/(index|testing)\.js$|^dist\/.*\.d\.ts$/.test(file));
    expect(others).toEqual(["LICENSE", "README.md", "package.json"]);
  });

  it("evaluates expressions and reports names in a CommonJS program", async (context) => {
    if (typeof installed === "string") return context.skip(installed);
    expect(await installed.runNode("main.cjs", `const ${names} = require("entra-mappings");${uses}`)).toBe(output);
  });

  it("evaluates expressions and reports names in an ES module", async (context) => {
    if (typeof installed === "string") return context.skip(installed);
    expect(await installed.runNode("main.mjs", `import ${names} from "entra-mappings";${uses}`)).toBe(output);
  });

  it("declares its types for a TypeScript program", async (context) => {
    if (typeof installed === "string") return context.skip(installed);
    await installed.typecheck(`import { compile, type Evaluator } from "entra-mappings";
      export const evaluate: Evaluator = compile("[mail]", { defaultDomain: "contoso.com" });`);
    await expect(
      installed.typecheck('import { compile } from "entra-mappings"; export const wrong: string = compile("[mail]");'),
    ).rejects.toThrow(/not assignable to type 'string'/);
  });
});
