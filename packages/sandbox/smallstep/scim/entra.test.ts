import { describe, expect, it } from "vitest";

import { fromEntra, type PatchOperation } from "./entra";

const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const manager = `${enterprise}:manager`;
const user = { id: "1", userName: "bill", emails: [{ type: "work", value: "bill@corp.com", primary: true }] };
const group = { id: "g", displayName: "ssh", members: [{ value: "1" }, { value: "2" }] };

describe("fromEntra", () => {
  it.each<[string, PatchOperation, object, PatchOperation[]]>([
    [
      "a capitalized operation with a boolean string",
      { op: "Replace", path: "active", value: "False" },
      user,
      [{ op: "replace", path: "active", value: false }],
    ],
    [
      "an operation with a boolean",
      { op: "replace", path: "active", value: true },
      user,
      [{ op: "replace", path: "active", value: true }],
    ],
    [
      "a boolean string below a filter",
      { op: "Replace", path: 'emails[type eq "work"].primary', value: "True" },
      user,
      [{ op: "replace", path: 'emails[type eq "work"].primary', value: true }],
    ],
    [
      "a string attribute that looks like a boolean",
      { op: "Replace", path: "displayName", value: "True" },
      user,
      [{ op: "replace", path: "displayName", value: "True" }],
    ],
    [
      "an existing element",
      { op: "Replace", path: 'emails[type eq "work"].value', value: "b@corp.com" },
      user,
      [{ op: "replace", path: 'emails[type eq "work"].value', value: "b@corp.com" }],
    ],
    [
      "a missing element to add",
      { op: "Add", path: 'emails[type eq "work"].value', value: "b@corp.com" },
      {},
      [{ op: "add", path: "emails", value: [{ type: "work", value: "b@corp.com" }] }],
    ],
    [
      "a missing element to replace",
      { op: "Replace", path: 'phoneNumbers[type eq "mobile"].value', value: "1" },
      user,
      [{ op: "add", path: "phoneNumbers", value: [{ type: "mobile", value: "1" }] }],
    ],
    [
      "an element that is selected by a boolean",
      { op: "Add", path: 'roles[primary eq "True"].value', value: "User" },
      user,
      [{ op: "add", path: "roles", value: [{ primary: true, value: "User" }] }],
    ],
    [
      "a missing element to remove",
      { op: "Remove", path: 'emails[type eq "home"]' },
      user,
      [{ op: "remove", path: 'emails[type eq "home"]' }],
    ],
    [
      "a manager that is given as an id",
      { op: "Add", path: manager, value: "7" },
      user,
      [{ op: "add", path: manager, value: { value: "7" } }],
    ],
    [
      "members to add, without existing and repeated ones",
      { op: "Add", path: "members", value: [{ $ref: null, value: "2" }, { value: "3" }, { value: "3" }] },
      group,
      [{ op: "add", path: "members", value: [{ value: "3" }] }],
    ],
    ["existing members to add", { op: "Add", path: "members", value: [{ value: "1" }] }, group, []],
    [
      "members to remove by value, without absent ones",
      {
        op: "Remove",
        path: "members",
        value: [
          { $ref: null, value: "1" },
          { $ref: null, value: "9" },
        ],
      },
      group,
      [{ op: "remove", path: 'members[value eq "1"]' }],
    ],
    [
      "a member to remove by path",
      { op: "remove", path: 'members[value eq "2"]' },
      group,
      [{ op: "remove", path: 'members[value eq "2"]' }],
    ],
    ["a member to remove from an empty group", { op: "remove", path: 'members[value eq "2"]' }, { id: "g" }, []],
    ["the removal of all members", { op: "remove", path: "members" }, group, [{ op: "remove", path: "members" }]],
    [
      "an object with paths as keys",
      { op: "replace", value: { active: "False", "name.givenName": "B", [manager]: "7" } },
      user,
      [{ op: "replace", value: { active: false, "name.givenName": "B", [manager]: { value: "7" } } }],
    ],
    [
      "a whole extension to add",
      { op: "Add", path: enterprise, value: { department: "Maths", manager: "7" } },
      user,
      [
        { op: "add", path: `${enterprise}:department`, value: "Maths" },
        { op: "add", path: manager, value: { value: "7" } },
      ],
    ],
    [
      "a whole extension to replace",
      { op: "Replace", path: enterprise, value: { department: "Maths" } },
      { ...user, [enterprise]: { department: "Physics", costCenter: "1" } },
      [
        { op: "remove", path: `${enterprise}:costCenter` },
        { op: "replace", path: `${enterprise}:department`, value: "Maths" },
      ],
    ],
    [
      "an unknown operation",
      { op: "Frobnicate", path: "a[b", value: 1 },
      user,
      [{ op: "frobnicate", path: "a[b", value: 1 }],
    ],
  ])("converts %s", (_name, operation, resource, expected) => {
    expect(fromEntra([operation], resource as never)).toEqual(expected);
  });

  it("adds an element once when several operations refer to it", () => {
    const street = { op: "Add", path: 'addresses[type eq "work"].streetAddress', value: "1 Way" };
    const city = { op: "Add", path: 'addresses[type eq "work"].locality', value: "Redmond" };
    expect(fromEntra([street, city], user)).toEqual([
      { op: "add", path: "addresses", value: [{ type: "work", streetAddress: "1 Way" }] },
      { op: "add", path: city.path, value: "Redmond" },
    ]);
  });
});
