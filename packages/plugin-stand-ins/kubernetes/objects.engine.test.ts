import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { UNKNOWN } from "@smallstep-ssh/usersync/host";
import { importedInputs, liveInputs } from "./liveInputs";
import { manifest, withData } from "./objects";

describe("stringData of a Secret", () => {
  it("sends stringData as data with precedence over data of the same key", () => {
    const inputs = { kind: "Secret", stringData: { a: "new", b: null }, data: { a: "b2xk", c: "Yw==" } };
    expect(manifest(inputs)).toEqual({ kind: "Secret", data: { a: "bmV3", c: "Yw==" } });
  });

  it("restores any stringData from the data that the API stores", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), fc.string({ unit: "grapheme" })), (stringData) => {
        const declared = { kind: "Secret", stringData };
        expect(liveInputs(declared, manifest(declared))).toEqual(declared);
      }),
    );
  });

  it("keeps unknown stringData unknown", () => {
    expect(withData({ kind: "Secret", stringData: { a: UNKNOWN } })).toEqual({ kind: "Secret", data: { a: UNKNOWN } });
    expect(withData({ kind: "Secret", stringData: UNKNOWN })).toEqual({ kind: "Secret", data: UNKNOWN });
  });
});

describe("liveInputs", () => {
  it("returns only declared fields with their live values", () => {
    const declared = { metadata: { name: "x", labels: { ours: "1" } }, data: { a: "1", gone: "2" } };
    const live = {
      metadata: { name: "x", uid: "u", labels: { ours: "changed", theirs: "2" } },
      data: { a: "1", more: "3" },
      status: {},
    };
    expect(liveInputs(declared, live)).toEqual({
      metadata: { name: "x", labels: { ours: "changed" } },
      data: { a: "1" },
    });
  });

  it("matches list elements by name when others have added elements", () => {
    const declared = { containers: [{ name: "a", image: "one", env: [{ name: "X", value: "" }] }] };
    const live = {
      containers: [
        { name: "sidecar", image: "other" },
        { name: "a", image: "two", imagePullPolicy: "Always", env: [{ name: "PROXY", value: "p" }, { name: "X" }] },
      ],
    };
    expect(liveInputs(declared, live)).toEqual({
      containers: [{ name: "a", image: "two", env: [{ name: "X", value: "" }] }],
    });
  });

  it("returns the complete live list when its elements have no names", () => {
    expect(liveInputs({ args: ["a", "b"] }, { args: ["a"] })).toEqual({ args: ["a"] });
  });

  it("treats equivalent resource quantities as equal but not other strings", () => {
    const declared = { resources: { limits: { cpu: "0.5", memory: "1024Mi" } }, version: "1.0" };
    const live = { resources: { limits: { cpu: "500m", memory: "1Gi" } }, version: "1" };
    expect(liveInputs(declared, live)).toEqual({ ...declared, version: "1" });
  });

  it("omits properties that only the API sets from imported inputs", () => {
    const live = {
      kind: "ConfigMap",
      metadata: { name: "x", uid: "u", managedFields: [], labels: {} },
      status: {},
      data: {},
    };
    expect(importedInputs(live)).toEqual({ kind: "ConfigMap", metadata: { name: "x", labels: {} }, data: {} });
  });
});
