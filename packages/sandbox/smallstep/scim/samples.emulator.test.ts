import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { startTestSmallstep, type TestSmallstep } from "../testing";

// The requests and responses that Microsoft publishes for its provisioning service: "Tutorial: Develop and plan provisioning for a
// SCIM endpoint in Microsoft Entra ID" (SCIM protocol requests and responses) and, for aadOptscim062020, "Known issues and
// resolutions with SCIM 2.0 protocol compliance". Names of users are the published ones.
const core = "urn:ietf:params:scim:schemas:core:2.0:User";
const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const coreGroup = "urn:ietf:params:scim:schemas:core:2.0:Group";
const listResponse = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
const patchOp = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

const userName = "Test_User_00aa00aa-bb11-cc22-dd33-44ee44ee44ee";
const email = "Test_User_11bb11bb-cc22-dd33-ee44-55ff55ff55ff@testuser.com";
const newUser = {
  schemas: [core, enterprise],
  externalId: "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef",
  userName,
  active: true,
  emails: [{ primary: true, type: "work", value: email }],
  meta: { resourceType: "User" },
  name: { formatted: "givenName familyName", familyName: "familyName", givenName: "givenName" },
  roles: [],
};
const newGroup = {
  schemas: [coreGroup, "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"],
  externalId: "8aa1a0c0-c4c3-4bc0-b4a5-2ef676900159",
  displayName: "displayName",
  meta: { resourceType: "Group" },
};

let test: TestSmallstep;
beforeAll(async () => {
  test = await startTestSmallstep();
});
afterAll(() => test?.close());

const patch = (path: string, ...Operations: object[]) => test.scim("PATCH", path, { schemas: [patchOp], Operations });
const resource = (type: string) => ({
  resourceType: type,
  created: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/),
  lastModified: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/),
});

describe("published requests of Entra", () => {
  let user = "";
  let group = "";

  it("returns 201 with the user for Create User", async () => {
    const { status, headers, body } = await test.scim("POST", "/Users", newUser);
    user = String(body.id);
    expect(status).toBe(201);
    expect(headers["content-type"]).toMatch(/^application\/scim\+json/);
    const { roles: _empty, schemas: _both, ...sent } = newUser;
    expect(body).toMatchObject({ ...sent, id: expect.stringMatching(/./), meta: resource("User") });
    expect(body.schemas).toContain(core);
  });

  it("returns 200 for Get User, and a SCIM error with status 404 when the user does not exist", async () => {
    const found = await test.scim("GET", `/Users/${user}`);
    expect(found).toMatchObject({
      status: 200,
      body: { id: user, userName, name: newUser.name, emails: newUser.emails },
    });
    const none = await test.scim("GET", "/Users/5171a35d82074e068ce2");
    expect(none).toMatchObject({
      status: 404,
      body: { schemas: ["urn:ietf:params:scim:api:messages:2.0:Error"], status: "404" },
    });
  });

  it("returns a list of one user or an empty list for Get User by query", async () => {
    const one = await test.scim("GET", `/Users?filter=${encodeURIComponent(`userName eq "${userName}"`)}`);
    expect(one).toMatchObject({
      status: 200,
      body: {
        schemas: [listResponse],
        totalResults: 1,
        Resources: [{ id: user, userName }],
        startIndex: 1,
        itemsPerPage: 20,
      },
    });
    const none = await test.scim("GET", `/Users?filter=${encodeURIComponent('userName eq "non-existent user"')}`);
    expect(none).toMatchObject({
      status: 200,
      body: { schemas: [listResponse], totalResults: 0, Resources: [], startIndex: 1, itemsPerPage: 20 },
    });
  });

  it("returns 200 with the user for Update User of multi-valued and single-valued properties", async () => {
    const several = await patch(
      `/Users/${user}`,
      { op: "Replace", path: 'emails[type eq "work"].value', value: "updatedEmail@microsoft.com" },
      { op: "Replace", path: "name.familyName", value: "updatedFamilyName" },
    );
    expect(several).toMatchObject({
      status: 200,
      body: {
        id: user,
        userName,
        name: { familyName: "updatedFamilyName", givenName: "givenName" },
        active: true,
        emails: [{ value: "updatedEmail@microsoft.com", type: "work", primary: true }],
      },
    });
    const renamed = "5b50642d-79fc-4410-9e90-4c077cdd1a59@testuser.com";
    const single = await patch(`/Users/${user}`, { op: "Replace", path: "userName", value: renamed });
    expect(single).toMatchObject({ status: 200, body: { id: user, userName: renamed, active: true } });
  });

  it.each([
    ["in the form of the tutorial", { op: "Replace", path: "active", value: false }],
    ["without aadOptscim062020", { op: "Replace", path: "active", value: "False" }],
    ["with aadOptscim062020", { op: "replace", path: "active", value: false }],
  ])("returns 200 for Disable User %s and still finds the user", async (_which, operation) => {
    await patch(`/Users/${user}`, { op: "replace", path: "active", value: true });
    expect(await patch(`/Users/${user}`, operation)).toMatchObject({ status: 200, body: { id: user, active: false } });
    expect((await test.scim("GET", `/Users/${user}`)).body).toMatchObject({ id: user, active: false });
  });

  it.each([
    ["without aadOptscim062020", "Add"],
    ["with aadOptscim062020", "add"],
  ])("returns 200 for adding a single-valued string %s", async (_which, op) => {
    const answer = await patch(`/Users/${user}`, { op, path: "nickName", value: "Babs" });
    expect(answer).toMatchObject({ status: 200, body: { nickName: "Babs" } });
    await patch(`/Users/${user}`, { op: "remove", path: "nickName" });
  });

  it("returns 200 with all replaced attributes without aadOptscim062020", async () => {
    const replace = (path: string, value: string) => ({ op: "Replace", path, value });
    const answer = await patch(
      `/Users/${user}`,
      replace("displayName", "Pvlo"),
      replace('emails[type eq "work"].value', "TestBcwqnm@test.microsoft.com"),
      replace("name.givenName", "Gtfd"),
      replace("name.familyName", "Pkqf"),
      replace("externalId", "Eqpj"),
      replace(`${enterprise}:employeeNumber`, "Eqpj"),
    );
    expect(answer).toMatchObject({
      status: 200,
      body: {
        displayName: "Pvlo",
        emails: [{ value: "TestBcwqnm@test.microsoft.com", type: "work", primary: true }],
        name: { givenName: "Gtfd", familyName: "Pkqf" },
        externalId: "Eqpj",
        [enterprise]: { employeeNumber: "Eqpj" },
      },
    });
  });

  it("returns 200 with all replaced attributes with aadOptscim062020", async () => {
    const answer = await patch(
      `/Users/${user}`,
      { op: "replace", path: 'emails[type eq "work"].value', value: "TestMhvaes@test.microsoft.com" },
      {
        op: "replace",
        value: {
          displayName: "Bjfe",
          "name.givenName": "Kkom",
          "name.familyName": "Unua",
          [`${enterprise}:employeeNumber`]: "Aklq",
        },
      },
    );
    expect(answer).toMatchObject({
      status: 200,
      body: {
        displayName: "Bjfe",
        emails: [{ value: "TestMhvaes@test.microsoft.com", type: "work", primary: true }],
        name: { givenName: "Kkom", familyName: "Unua" },
        externalId: "Eqpj",
        [enterprise]: { employeeNumber: "Aklq" },
      },
    });
  });

  it("returns 201 with an empty group for Create Group", async () => {
    const { status, body } = await test.scim("POST", "/Groups", newGroup);
    group = String(body.id);
    expect(status).toBe(201);
    const { externalId, displayName } = newGroup;
    expect(body).toMatchObject({ schemas: [coreGroup], id: expect.stringMatching(/./), externalId, displayName });
    expect(body).toMatchObject({ members: [], meta: resource("Group") });
  });

  it("returns a group without members for Get Group by id and by displayName", async () => {
    await patch(`/Groups/${group}`, { op: "Add", path: "members", value: [{ $ref: null, value: user }] });
    const byId = await test.scim("GET", `/Groups/${group}?excludedAttributes=members`);
    const { externalId, displayName } = newGroup;
    expect(byId).toMatchObject({ status: 200, body: { schemas: [coreGroup], id: group, externalId, displayName } });
    expect(byId.body).not.toHaveProperty("members");
    const filter = encodeURIComponent('displayName eq "displayName"');
    const byName = await test.scim("GET", `/Groups?excludedAttributes=members&filter=${filter}`);
    expect(byName).toMatchObject({
      status: 200,
      body: {
        schemas: [listResponse],
        totalResults: 1,
        Resources: [{ id: group, displayName }],
        startIndex: 1,
        itemsPerPage: 20,
      },
    });
    expect(byName.body.Resources[0]).not.toHaveProperty("members");
    await patch(`/Groups/${group}`, { op: "Remove", path: "members", value: [{ $ref: null, value: user }] });
  });

  const members = async () =>
    ((await test.scim("GET", `/Groups/${group}`)).body.members ?? []).map((one: { value: string }) => one.value);

  it.each<[string, (id: string) => object, (id: string) => object]>([
    [
      "in the form of the tutorial",
      (value) => ({ op: "Add", path: "members", value: [{ $ref: null, value }] }),
      (value) => ({ op: "Remove", path: "members", value: [{ $ref: null, value }] }),
    ],
    [
      "without aadOptscim062020",
      (value) => ({ op: "Add", path: "members", value: [{ value }] }),
      (value) => ({ op: "Remove", path: "members", value: [{ value }] }),
    ],
    [
      "with aadOptscim062020",
      (value) => ({ op: "add", path: "members", value: [{ value }] }),
      (id) => ({ op: "remove", path: `members[value eq "${id}"]` }),
    ],
  ])("returns 204 for Add Members and Remove Members %s", async (_which, add, remove) => {
    expect(await patch(`/Groups/${group}`, add(user))).toMatchObject({ status: 204, body: undefined });
    expect(await members()).toEqual([user]);
    expect(await patch(`/Groups/${group}`, remove(user))).toMatchObject({ status: 204, body: undefined });
    expect(await members()).toEqual([]);
  });

  it("returns 204 for Update Group of other attributes", async () => {
    const displayName = "1879db59-3bdf-4490-ad68-ab880a269474updatedDisplayName";
    const answer = await patch(`/Groups/${group}`, { op: "Replace", path: "displayName", value: displayName });
    expect(answer).toMatchObject({ status: 204, body: undefined });
    expect((await test.scim("GET", `/Groups/${group}`)).body).toMatchObject({ displayName });
  });

  it("returns the schemas of users, groups and the enterprise extension for Discover schema", async () => {
    const { status, body } = await test.scim("GET", "/Schemas");
    expect(status).toBe(200);
    expect(body).toMatchObject({ schemas: [listResponse], totalResults: body.Resources.length });
    for (const [id, attribute] of [
      [core, "userName"],
      [coreGroup, "displayName"],
      [enterprise, "employeeNumber"],
    ]) {
      const schema = body.Resources.find((one: { id: string }) => one.id === id);
      expect(schema.schemas).toEqual(["urn:ietf:params:scim:schemas:core:2.0:Schema"]);
      expect(schema.attributes.map((one: { name: string }) => one.name)).toContain(attribute);
      expect(schema.meta).toMatchObject({
        resourceType: "Schema",
        location: expect.stringContaining(`/Schemas/${id}`),
      });
    }
  });

  it("returns 204 for Delete User and Delete Group", async () => {
    expect((await test.scim("DELETE", `/Users/${user}`)).status).toBe(204);
    expect((await test.scim("DELETE", `/Groups/${group}`)).status).toBe(204);
    expect((await test.scim("GET", `/Groups/${group}`)).status).toBe(404);
  });
});
