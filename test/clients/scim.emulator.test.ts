import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestSmallstep, type TestSmallstep } from "@smallstep-ssh/sandbox/testing";
import { pythonClient, type PythonClient } from "./python";

interface Result {
  status: "SUCCESS" | "COMPLIANT" | "ACCEPTABLE" | "DEVIATION" | "ERROR" | "CRITICAL" | "SKIPPED";
  title: string;
  resourceType: string | null;
  reason: string | null;
}

describe("scim2-tester with the SCIM server", () => {
  let client: PythonClient | string;
  let test: TestSmallstep;
  beforeAll(async () => {
    client = await pythonClient("scim");
    if (typeof client !== "string") test = await startTestSmallstep();
  }, 300_000);
  afterAll(() => test?.close());

  it("reports no violation of a mandatory requirement", { timeout: 300_000 }, async (context) => {
    if (typeof client === "string") return context.skip(client);
    const { scim, directory } = test.smallstep;
    const { code, stdout, stderr } = await client.run([path.join(__dirname, "scim_checks.py")], {
      SCIM_URL: `${scim.baseUrl}/${directory.id}/v2`,
      SCIM_TOKEN: directory.token,
      SCIM_CA: test.authority.caFile,
    });
    expect(stderr).toBe("");
    expect(code).toBe(0);
    const results = JSON.parse(stdout) as Result[];
    const violations = results.filter(({ status }) => status === "ERROR" || status === "CRITICAL");
    expect(violations).toEqual([]);
    // Ensures that the tester ran its checks for both resource types.
    for (const type of ["User", "Group"]) {
      const done = results.filter(({ resourceType, status }) => resourceType === type && status !== "SKIPPED");
      expect(done.length).toBeGreaterThan(10);
    }
  });
});
