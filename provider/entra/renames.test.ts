import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "../../mappings/expression";
import { presets } from "../../mappings/presets";
import { startTestTenant, type TestTenant } from "../../sandbox/graph/testing";
import type { GraphClient } from "../graph";
import { openGraph } from "../graph/open";
import { findRenames, inWords } from "./renames";

const localPart = presets["upn-local-part"].expression;

describe("findRenames", () => {
  let tenant: TestTenant;
  let graph: GraphClient;
  let jobId: string;

  beforeAll(async () => {
    tenant = await startTestTenant();
    const { metadataHost, tenantId, deployer, state } = tenant.graph;
    const { clientId, clientSecret } = deployer;
    graph = await openGraph(
      { tenantId, clientId, clientSecret, metadataHost },
      { trust: tenant.authority.caPem, env: {} },
    );
    const { servicePrincipalId } = await tenant.enterpriseApp();
    jobId = `/servicePrincipals/${servicePrincipalId}/synchronization/jobs/scim.1`;
    const principal = state.servicePrincipals.get(servicePrincipalId);
    for (const name of ["platform-ssh", "platform-sudo"]) {
      await tenant.client.post(`/v1.0/servicePrincipals/${servicePrincipalId}/appRoleAssignedTo`, {
        principalId: state.groupByName(name).id,
        resourceId: servicePrincipalId,
        appRoleId: principal?.appRoles.find((role) => role.displayName === "User")?.id,
      });
    }
  });
  afterAll(() => tenant.close());

  it("finds each person once, with both names", async () => {
    const { users, renames } = await findRenames(
      graph,
      jobId,
      parse(localPart),
      parse(presets.concatenated.expression),
    );
    expect(users).toBe(10);
    expect(renames).toContainEqual({
      userPrincipalName: "bill.gates@corp.com",
      before: "bill.gates",
      after: "billgates",
    });
    expect(renames.map(({ userPrincipalName }) => userPrincipalName)).not.toContain("zoe@corp.com");
  });

  it("finds none where the expressions come to the same", async () => {
    const respaced = parse(localPart.replaceAll(",", " , "));
    expect((await findRenames(graph, jobId, parse(localPart), respaced)).renames).toEqual([]);
  });
});

it("names twenty people and counts the rest", () => {
  const renames = Array.from({ length: 25 }, (_, index) => ({
    userPrincipalName: `u${index}@x`,
    before: "a",
    after: null,
  }));
  const lines = inWords(100, renames).split("\n");
  expect(lines[0]).toContain("25 of 100 people get another name");
  expect(lines[1]).toBe("  u0@x: a -> none");
  expect(lines.at(-1)).toBe("  and 5 more");
  expect(lines).toHaveLength(22);
});
