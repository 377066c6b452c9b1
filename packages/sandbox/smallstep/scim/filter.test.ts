import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { FilterError, matchesFilter, parseFilter } from "./filter";

const user = {
  id: "Ab1",
  externalId: "E1",
  userName: "Conan.O'Brien",
  active: true,
  emails: [
    { type: "home", value: "c@home.org" },
    { type: "work", value: "conan@corp.com" },
  ],
  name: { givenName: "Conan" },
  "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { department: "TV", manager: { value: "7" } },
};
const matches = (filter: string) => matchesFilter(user, parseFilter(filter));

describe("SCIM filters", () => {
  it.each([
    [`userName eq "conan.o'brien"`, true],
    [`username EQ "CONAN.O'BRIEN"`, true],
    [`userName eq "conan"`, false],
    [`externalId eq "E1"`, true],
    [`externalId eq "e1"`, false],
    [`id eq "ab1"`, false],
    [`emails[type eq "work"].value eq "Conan@corp.com"`, true],
    [`emails[type eq "work"].value eq "c@home.org"`, false],
    [`emails.value eq "c@home.org"`, true],
    [`emails eq "c@home.org"`, true],
    [`phoneNumbers[type eq "work"].value eq "1"`, false],
    [`name.givenName eq "conan" and active eq "True"`, true],
    [`name.givenName eq "conan" and active eq false`, false],
    [`urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "tv"`, true],
    [`urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager eq "7"`, true],
  ])("evaluates %s to %s", (filter, expected) => {
    expect(matches(filter)).toBe(expected);
  });

  it.each([
    "",
    "bad",
    'userName sw "x"',
    'userName eq "x" or active eq true',
    'userName eq "x',
    'a eq "b" and',
    "a eq b",
  ])("rejects the filter '%s'", (filter) => {
    expect(() => parseFilter(filter)).toThrow(FilterError);
  });

  it("matches strings with arbitrary characters", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (name, other) => {
        const filter = parseFilter(`userName eq ${JSON.stringify(name)} and displayName eq ${JSON.stringify(other)}`);
        expect(filter.map(({ value }) => value)).toEqual([name, other]);
        expect(matchesFilter({ userName: name, displayName: other }, filter)).toBe(true);
      }),
    );
  });
});
