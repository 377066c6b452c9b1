import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { startTestSmallstep, type TestSmallstep } from "../testing";

const coreUser = "urn:ietf:params:scim:schemas:core:2.0:User";
const coreGroup = "urn:ietf:params:scim:schemas:core:2.0:Group";
const errorSchema = "urn:ietf:params:scim:api:messages:2.0:Error";

let test: TestSmallstep;
beforeAll(async () => {
  test = await startTestSmallstep();
});
afterAll(() => test?.close());
afterEach(async () => {
  for (const directory of [test.smallstep.directory, test.smallstep.otherDirectory]) {
    for (const { id } of test.smallstep.scim.users(directory.id)) {
      await test.scim("DELETE", `/Users/${String(id)}`, undefined, directory);
    }
    for (const { id } of test.smallstep.scim.groups(directory.id)) {
      await test.scim("DELETE", `/Groups/${String(id)}`, undefined, directory);
    }
  }
});

async function create(type: "Users" | "Groups", values: object): Promise<string> {
  const schemas = [type === "Users" ? coreUser : coreGroup];
  const answer = await test.scim("POST", `/${type}`, { schemas, ...values });
  expect(answer.status).toBe(201);
  return String(answer.body.id);
}

const patch = (path: string, ...Operations: object[]) =>
  test.scim("PATCH", path, { schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], Operations });
const find = async (type: string, filter: string, more = "") =>
  (await test.scim("GET", `/${type}?filter=${encodeURIComponent(filter)}${more}`)).body;

describe("SCIM authorization", () => {
  it("returns a SCIM error with status 401 for a token that is missing, wrong, or of another directory", async () => {
    const { directory, otherDirectory } = test.smallstep;
    for (const token of ["", "wrong", otherDirectory.token]) {
      const answer = await test.scim("GET", "/Users", undefined, { id: directory.id, token });
      expect(answer.status).toBe(401);
      expect(answer.headers["content-type"]).toContain("application/scim+json");
      expect(answer.body).toMatchObject({ schemas: [errorSchema], status: "401" });
      expect(JSON.stringify(answer.body)).not.toContain(otherDirectory.token);
    }
    const unknown = { id: "00000000-0000-4000-8000-000000000000", token: directory.token };
    expect((await test.scim("GET", "/Users", undefined, unknown)).status).toBe(401);
  });

  it("accepts a rotated token at once and rejects the old one", async () => {
    const { otherDirectory, query } = test.smallstep;
    const change = (token: string) =>
      query("update scim_logins set token = $1 where directory_id = $2", [token, otherDirectory.id]);
    await change("rotated");
    expect((await test.scim("GET", "/Users", undefined, otherDirectory)).status).toBe(401);
    expect((await test.scim("GET", "/Users", undefined, { ...otherDirectory, token: "rotated" })).status).toBe(200);
    await change(otherDirectory.token);
  });

  it("logs requests without tokens", async () => {
    const before = test.smallstep.scim.requests.length;
    await test.scim("GET", "/Users?count=0");
    expect(test.smallstep.scim.requests.slice(before)).toEqual([
      { method: "GET", path: `/${test.smallstep.directory.id}/v2/Users?count=0`, status: 200 },
    ]);
    expect(JSON.stringify(test.smallstep.scim.requests)).not.toContain(test.smallstep.directory.token);
  });
});

describe("SCIM users", () => {
  it("creates a user from a request of Entra and finds it by every matching attribute", async () => {
    const body = {
      schemas: [coreUser, "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
      externalId: "E1",
      userName: "bill.gates",
      active: true,
      displayName: "Bill Gates",
      emails: [{ primary: true, type: "work", value: "bill@corp.com" }],
      meta: { resourceType: "User" },
      name: { givenName: "Bill", familyName: "Gates" },
      roles: [],
    };
    const answer = await test.scim("POST", "/Users", body);
    expect(answer.status).toBe(201);
    const { id, meta } = answer.body;
    const { baseUrl } = test.smallstep.scim;
    expect(meta.location).toBe(`${baseUrl}/${test.smallstep.directory.id}/v2/Users/${id}`);
    expect(test.smallstep.scim.users(test.smallstep.directory.id)).toMatchObject([
      { id, userName: "bill.gates", externalId: "E1", name: body.name, emails: body.emails, active: true },
    ]);
    await create("Users", { userName: "no.mail" });
    for (const filter of [
      'userName eq "BILL.gates"',
      'externalId eq "E1"',
      'displayName eq "Bill Gates"',
      'emails[type eq "work"].value eq "bill@corp.com"',
    ]) {
      expect(await find("Users", filter)).toMatchObject({ totalResults: 1, Resources: [{ id }] });
    }
    expect(await find("Users", 'userName eq "nobody"')).toMatchObject({ totalResults: 0, Resources: [] });
  });

  it("rejects a userName that differs only in case", async () => {
    const id = await create("Users", { userName: "ada" });
    const other = await create("Users", { userName: "grace" });
    const again = await test.scim("POST", "/Users", { schemas: [coreUser], userName: "ADA" });
    expect(again).toMatchObject({ status: 409, body: { schemas: [errorSchema], scimType: "uniqueness" } });
    const renamed = await patch(`/Users/${other}`, { op: "Replace", path: "userName", value: "Ada" });
    expect(renamed).toMatchObject({ status: 409, body: { scimType: "uniqueness" } });
    expect((await patch(`/Users/${id}`, { op: "Replace", path: "userName", value: "Ada" })).status).toBe(200);
    expect((await patch(`/Users/${id}`, { op: "Replace", path: "userName", value: "ada.b" })).status).toBe(200);
    await create("Users", { userName: "ada" });
  });

  it("deactivates and reactivates a user by the strings False and True, and keeps other attributes", async () => {
    const id = await create("Users", { userName: "zoe", displayName: "Zoe" });
    expect((await patch(`/Users/${id}`, { op: "Replace", path: "active", value: "False" })).status).toBe(200);
    expect((await test.scim("GET", `/Users/${id}`)).body).toMatchObject({ active: false, displayName: "Zoe" });
    expect(await find("Users", 'userName eq "zoe"')).toMatchObject({ totalResults: 1 });
    await patch(`/Users/${id}`, { op: "Replace", path: "active", value: "True" });
    expect((await test.scim("GET", `/Users/${id}`)).body).toMatchObject({ active: true });
  });

  it("patches a user by filter paths, sub-attribute paths and extension paths", async () => {
    const id = await create("Users", { userName: "ada" });
    const answer = await patch(
      `/Users/${id}`,
      { op: "Add", path: 'emails[type eq "work"].value', value: "ada@corp.com" },
      { op: "Add", path: "name.givenName", value: "Ada" },
      { op: "Add", path: "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", value: "Maths" },
    );
    expect(answer.status).toBe(200);
    await patch(`/Users/${id}`, { op: "Replace", path: 'emails[type eq "work"].value', value: "a@corp.com" });
    await patch(`/Users/${id}`, { op: "replace", value: { displayName: "Ada L", "name.familyName": "Lovelace" } });
    expect((await test.scim("GET", `/Users/${id}`)).body).toMatchObject({
      emails: [{ type: "work", value: "a@corp.com" }],
      name: { givenName: "Ada", familyName: "Lovelace" },
      displayName: "Ada L",
      "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { department: "Maths" },
    });
  });

  it("counts users and returns them in pages", async () => {
    const names = ["a", "b", "c", "d", "e"];
    for (const userName of names) await create("Users", { userName });
    const list = async (query: string) => (await test.scim("GET", `/Users?${query}`)).body;
    expect(await list("count=0")).toMatchObject({ totalResults: 5, Resources: [], itemsPerPage: 0 });
    const page = await list("startIndex=2&count=2");
    expect(page).toMatchObject({ totalResults: 5, startIndex: 2, itemsPerPage: 2 });
    expect(page.Resources.map((user: { userName: string }) => user.userName)).toEqual(["b", "c"]);
    expect(await list("startIndex=9")).toMatchObject({ totalResults: 5, Resources: [] });
  });

  it("removes a deleted user from its groups too", async () => {
    const [ada, zoe] = [await create("Users", { userName: "ada" }), await create("Users", { userName: "zoe" })];
    await create("Groups", { displayName: "ssh", members: [{ value: ada }, { value: zoe }] });
    expect((await test.scim("DELETE", `/Users/${zoe}`)).status).toBe(204);
    expect((await test.scim("GET", `/Users/${zoe}`)).body).toMatchObject({ schemas: [errorSchema], status: "404" });
    expect((await test.scim("DELETE", `/Users/${zoe}`)).status).toBe(404);
    expect((await patch(`/Users/${zoe}`, { op: "Replace", path: "active", value: "True" })).status).toBe(404);
    expect(test.smallstep.scim.groups(test.smallstep.directory.id)[0]?.["members"]).toMatchObject([{ value: ada }]);
  });

  it("keeps the users of two directories separate", async () => {
    const { otherDirectory } = test.smallstep;
    const id = await create("Users", { userName: "ada" });
    expect((await test.scim("GET", `/Users/${id}`, undefined, otherDirectory)).status).toBe(404);
    const elsewhere = await test.scim("POST", "/Users", { schemas: [coreUser], userName: "ada" }, otherDirectory);
    expect(elsewhere.status).toBe(201);
    expect(test.smallstep.scim.users(otherDirectory.id)).toHaveLength(1);
  });
});

describe("SCIM groups", () => {
  const microsoftGroup = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group";

  it("adds and removes group members by value list and by filter path", async () => {
    const [a, b, c] = [
      await create("Users", { userName: "a" }),
      await create("Users", { userName: "b" }),
      await create("Users", { userName: "c" }),
    ];
    const id = await create("Groups", { schemas: [coreGroup, microsoftGroup], displayName: "ssh", externalId: "G1" });
    const memberIds = async () =>
      ((await test.scim("GET", `/Groups/${id}`)).body.members ?? []).map((one: { value: string }) => one.value);
    const list = (...ids: string[]) => ids.map((value) => ({ $ref: null, value }));
    expect((await patch(`/Groups/${id}`, { op: "Remove", path: "members", value: list(a) })).status).toBe(204);
    expect((await patch(`/Groups/${id}`, { op: "Add", path: "members", value: list(a, b) })).status).toBe(204);
    await patch(`/Groups/${id}`, { op: "Add", path: "members", value: list(b, c) });
    expect(await memberIds()).toEqual([a, b, c]);
    await patch(`/Groups/${id}`, { op: "Remove", path: "members", value: list(a) });
    await patch(`/Groups/${id}`, { op: "remove", path: `members[value eq "${c}"]` });
    expect(await memberIds()).toEqual([b]);
    await patch(`/Groups/${id}`, { op: "Remove", path: "members" });
    expect(await memberIds()).toEqual([]);
  });

  it("finds a group without its members, and rejects duplicate names and unknown members", async () => {
    const member = await create("Users", { userName: "a" });
    const id = await create("Groups", { displayName: "ssh", members: [{ value: member }] });
    const found = await find("Groups", 'displayName eq "SSH"', "&excludedAttributes=members");
    expect(found).toMatchObject({ totalResults: 1, Resources: [{ id }] });
    expect(found.Resources[0]).not.toHaveProperty("members");
    expect((await test.scim("GET", `/Groups/${id}?excludedAttributes=members`)).body).not.toHaveProperty("members");
    const again = await test.scim("POST", "/Groups", { schemas: [coreGroup], displayName: "Ssh" });
    expect(again).toMatchObject({ status: 409, body: { scimType: "uniqueness" } });
    const stranger = await patch(`/Groups/${id}`, { op: "Add", path: "members", value: [{ value: "nobody" }] });
    expect(stranger).toMatchObject({ status: 400, body: { scimType: "invalidValue" } });
    expect((await test.scim("DELETE", `/Groups/${id}`)).status).toBe(204);
  });
});

describe("invalid SCIM requests", () => {
  it("returns a SCIM error for an invalid request", async () => {
    const bad = [
      await test.scim("GET", `/Users?filter=${encodeURIComponent('userName sw "x"')}`),
      await test.scim("POST", "/Users", { schemas: [coreUser] }),
      await test.scim("POST", "/Users", "{"),
    ];
    expect(bad.map(({ status, body }) => [status, body.schemas, body.scimType])).toEqual([
      [400, [errorSchema], "invalidFilter"],
      [400, [errorSchema], "invalidValue"],
      [400, [errorSchema], "invalidSyntax"],
    ]);
    expect(await test.scim("GET", "/Nothing")).toMatchObject({ status: 404, body: { schemas: [errorSchema] } });
    const id = await create("Users", { userName: "a" });
    const wrong = await patch(`/Users/${id}`, { op: "Replace", path: "active", value: "perhaps" });
    expect(wrong).toMatchObject({ status: 400, body: { scimType: "invalidValue" } });
  });
});
