import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { peopleWriter, presets } from "entra-mappings";
import { startTestTenant, type TestTenant } from "entra-emulator/testing";
import type { GraphClient } from "../../clients/graph/client";
import { openGraph } from "../../clients/graph/openGraph";
import type { PropertyMap } from "../../host/types";
import { assignedGroups, findImpact } from "./guards";

const localPart = presets["upn-local-part"].expression;

describe("findImpact", () => {
  let tenant: TestTenant;
  let graph: GraphClient;
  let servicePrincipalId: string;

  beforeAll(async () => {
    tenant = await startTestTenant();
    const { metadataHost, tenantId, deployer, state } = tenant.graph;
    const { clientId, clientSecret } = deployer;
    graph = await openGraph(
      { tenantId, clientId, clientSecret, metadataHost },
      { trust: tenant.authority.caPem, env: {} },
    );
    ({ servicePrincipalId } = await tenant.enterpriseApp());
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

  const impact = async (before: string, after: string) =>
    findImpact(graph, await assignedGroups(graph, servicePrincipalId), comparison(named(before), named(after)));
  const comparison = (before: PropertyMap, after: PropertyMap) => ({ before, after, people: peopleWriter() });
  const named = (expression: string) => ({
    userName: { expression },
    'emails[type eq "work"].value': { source: "mail" },
  });

  it("lists each enabled user once, with both names", async () => {
    const { users, renamed } = await impact(localPart, presets["local-part-without-dots"].expression);
    const { state } = tenant.graph;
    const members = ["platform-ssh", "platform-sudo"].flatMap((name) =>
      state.members.targets(state.groupByName(name).id),
    );
    const enabled = [...new Set(members)].filter((id) => state.users.get(id)?.accountEnabled === true);
    expect(users).toBe(enabled.length);
    expect(renamed).toContainEqual({ user: "bill.gates@corp.com", before: "bill.gates", after: "billgates" });
    expect(renamed.map(({ user }) => user)).not.toContain("zoe@corp.com");
  });

  it("finds no renames for equivalent expressions", async () => {
    expect((await impact(localPart, localPart.replaceAll(",", " , "))).renamed).toEqual([]);
  });

  it("names the missing permission when the users' attributes are hidden", async () => {
    const { clientId, clientSecret } = tenant.graph.addClient({
      permissions: ["Application.Read.All", "GroupMember.Read.All"],
    });
    const { metadataHost, tenantId } = tenant.graph;
    const blind = await openGraph(
      { tenantId, clientId, clientSecret, metadataHost },
      { trust: tenant.authority.caPem, env: {} },
    );
    const groups = await assignedGroups(blind, servicePrincipalId);
    expect(groups).toHaveLength(2);
    await expect(findImpact(blind, groups, comparison(named(localPart), named("[mail]")))).rejects.toThrow(
      /does not allow this application to list the members of the group .* with their attributes: it needs the application permission User\.Read\.All/,
    );
  });
});
