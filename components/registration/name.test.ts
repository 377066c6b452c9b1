import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { registrationName } from "./name";

describe("registrationName", () => {
  it("builds the registration name from the team slug and the stack", () => {
    expect(registrationName("acme", "dev")).toBe("registration-acme--dev");
    expect(registrationName("Acme.Corp_1", "dev")).toMatch(/^registration-acme-corp-1--dev-[0-9a-f]{8}$/);
    expect(registrationName("--", "prod")).toMatch(/^registration-x--prod-[0-9a-f]{8}$/);
  });

  const word = fc.oneof(fc.string({ maxLength: 40 }), fc.stringMatching(/^[a-d.-]{1,6}$/));

  it("returns a valid Kubernetes label and PostgreSQL name, with a generation appended", () => {
    fc.assert(
      fc.property(word, word, fc.nat(99_999_999), (slug, stack, generation) => {
        const name = `${registrationName(slug, stack)}-${generation}`;
        expect(name).toMatch(/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/);
      }),
    );
  });

  it("returns different names for different teams or stacks", () => {
    fc.assert(
      fc.property(fc.tuple(word, word), fc.tuple(word, word), ([slug, stack], [otherSlug, otherStack]) => {
        fc.pre(slug !== otherSlug || stack !== otherStack);
        expect(registrationName(slug, stack)).not.toBe(registrationName(otherSlug, otherStack));
      }),
    );
    // The same characters, split at another position.
    expect(registrationName("eu-acme", "prod")).not.toBe(registrationName("eu", "acme-prod"));
  });
});
