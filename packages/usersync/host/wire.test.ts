import fc from "fast-check";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { describe, expect, it } from "vitest";

import { SecretPaths } from "./secrets";
import { OUTPUT_VALUE, RESOURCE_REFERENCE, SECRET, SIGNATURE, UNKNOWN_VALUE, UNKNOWN_VALUES } from "./signatures";
import { type PropertyMap, UNKNOWN } from "./types";
import { decode, encode, hasUnknown } from "./wire";

const secret = (value: unknown) => ({ [SIGNATURE]: SECRET, value });
const wire = (value: object) => Struct.fromJavaScript(value as Record<string, JavaScriptValue>);
const roundTrip = (value: object) => {
  const { value: plain, secrets, secretStrings } = decode(wire(value));
  return encode(plain, secrets, secretStrings).toJavaScript();
};

describe("decode", () => {
  it("unwraps secrets at every depth and records their paths", () => {
    const decoded = decode(wire({ a: secret("one"), b: { c: secret({ d: ["two"] }) }, e: "open" }));
    expect(decoded.value).toEqual({ a: "one", b: { c: { d: ["two"] } }, e: "open" });
    expect([["a"], ["b", "c"], ["b"], ["e"]].map((path) => decoded.secrets.has(path))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect([...decoded.secretStrings]).toEqual(["one", "two"]);
  });

  it.each([...UNKNOWN_VALUES])("decodes the unknown sentinel %s", (sentinel) => {
    expect(decode(wire({ a: sentinel, b: [secret(sentinel)] })).value).toEqual({ a: UNKNOWN, b: [UNKNOWN] });
  });

  it("decodes output values: their value, their secrecy, and unknown without a value", () => {
    const output = (rest: object) => ({ [SIGNATURE]: OUTPUT_VALUE, dependencies: ["urn:x"], ...rest });
    const decoded = decode(wire({ a: output({ value: "v" }), b: output({ value: "s", secret: true }), c: output({}) }));
    expect(decoded.value).toEqual({ a: "v", b: "s", c: UNKNOWN });
    expect(decoded.secrets.has(["b"])).toBe(true);
    expect(decoded.secrets.has(["a"])).toBe(false);
  });

  it("decodes a resource reference as its id, a component as its URN, and an unknown id as unknown", () => {
    const reference = (rest: object) => ({ [SIGNATURE]: RESOURCE_REFERENCE, urn: "urn:x", ...rest });
    const decoded = decode(
      wire({
        a: reference({ id: "i-1" }),
        b: reference({}),
        c: reference({ id: "" }),
        d: reference({ id: UNKNOWN_VALUE }),
      }),
    );
    expect(decoded.value).toEqual({ a: "i-1", b: "urn:x", c: UNKNOWN, d: UNKNOWN });
  });

  it("leaves an asset unchanged", () => {
    const asset = { [SIGNATURE]: "c44067f5952c0a294b673a41bacd8c17", text: "hello", hash: "ab" };
    expect(decode(wire({ a: asset })).value).toEqual({ a: asset });
    expect(roundTrip({ a: asset })).toEqual({ a: asset });
  });

  it("returns an empty map for an absent struct", () => {
    expect(decode(undefined).value).toEqual({});
  });
});

describe("encode", () => {
  it("encodes decoded values back to the same wire form", () => {
    const value = { a: secret("hidden"), b: { c: secret(UNKNOWN_VALUE) }, d: [1, null, true], e: UNKNOWN_VALUE };
    expect(roundTrip(value)).toEqual(value);
  });

  it("wraps a secret property in all list elements after they are reordered", () => {
    const { secrets } = decode(
      wire({
        credentials: [
          { key: "a", value: "x" },
          { key: "b", value: secret("y") },
        ],
      }),
    );
    const turned = {
      credentials: [
        { key: "b", value: "y" },
        { key: "a", value: "x" },
      ],
    };
    expect(encode(turned, secrets, new Set()).toJavaScript()).toEqual({
      credentials: [
        { key: "b", value: secret("y") },
        { key: "a", value: secret("x") },
      ],
    });
  });

  it("marks a whole list as secret when one element was secret", () => {
    const { secrets } = decode(wire({ list: ["x", secret("y")] }));
    expect(encode({ list: ["y", "z"] }, secrets, new Set()).toJavaScript()).toEqual({ list: secret(["y", "z"]) });
  });

  it("wraps a secret string under another property name", () => {
    const { secrets, secretStrings } = decode(wire({ token: secret("a-long-token") }));
    const out = encode({ observed: { copy: "a-long-token" } }, secrets, secretStrings).toJavaScript();
    expect(out).toEqual({ observed: { copy: secret("a-long-token") } });
  });

  it("omits undefined properties", () => {
    expect(encode({ a: undefined, b: { c: undefined } }, new SecretPaths(), new Set()).toJavaScript()).toEqual({
      b: {},
    });
  });

  it("keeps every secret of any nested value in a round trip", () => {
    const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
    const tree = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { depthSize: "small" },
        leaf,
        leaf.map(secret),
        fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), tie("value"), { maxKeys: 3 }),
      ),
    })).value;
    const maps = fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), tree, { maxKeys: 4 });
    fc.assert(
      fc.property(maps, (value) => {
        const { value: plain, secrets } = decode(wire(value));
        expect(JSON.stringify(plain)).not.toContain(SIGNATURE);
        // Pass no secret strings: then the round trip is exact.
        expect(encode(plain, secrets, new Set()).toJavaScript()).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});

describe("hasUnknown", () => {
  it("finds unknowns in lists and maps", () => {
    const nested: PropertyMap = { a: [{ b: UNKNOWN }] };
    expect(hasUnknown(nested)).toBe(true);
    expect(hasUnknown({ a: [{ b: "known" }], c: null, d: undefined })).toBe(false);
  });
});
