import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { UNKNOWN } from "../../../provider/host";
import { importedInputs, liveInputs } from "./liveInputs";
import { manifest, withData } from "./objects";

describe("a Secret's text", () => {
  it("is sent as data, and wins over data of the same key", () => {
    const inputs = { kind: "Secret", stringData: { a: "new", b: null }, data: { a: "b2xk", c: "Yw==" } };
    expect(manifest(inputs)).toEqual({ kind: "Secret", data: { a: "bmV3", c: "Yw==" } });
  });

  it("comes back from what the API stores, whatever it is", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), fc.string({ unit: "grapheme" })), (stringData) => {
        const said = { kind: "Secret", stringData };
        expect(liveInputs(said, manifest(said))).toEqual(said);
      }),
    );
  });

  it("that is not known yet stays so", () => {
    expect(withData({ kind: "Secret", stringData: { a: UNKNOWN } })).toEqual({ kind: "Secret", data: { a: UNKNOWN } });
    expect(withData({ kind: "Secret", stringData: UNKNOWN })).toEqual({ kind: "Secret", data: UNKNOWN });
  });
});

describe("live inputs", () => {
  it("are only what the program says, with what is there", () => {
    const said = { metadata: { name: "x", labels: { ours: "1" } }, data: { a: "1", gone: "2" } };
    const live = {
      metadata: { name: "x", uid: "u", labels: { ours: "changed", theirs: "2" } },
      data: { a: "1", more: "3" },
      status: {},
    };
    expect(liveInputs(said, live)).toEqual({ metadata: { name: "x", labels: { ours: "changed" } }, data: { a: "1" } });
  });

  it("find the elements of lists by name, wherever others have put theirs", () => {
    const said = { containers: [{ name: "a", image: "one", env: [{ name: "X", value: "" }] }] };
    const live = {
      containers: [
        { name: "sidecar", image: "other" },
        { name: "a", image: "two", imagePullPolicy: "Always", env: [{ name: "PROXY", value: "p" }, { name: "X" }] },
      ],
    };
    expect(liveInputs(said, live)).toEqual({
      containers: [{ name: "a", image: "two", env: [{ name: "X", value: "" }] }],
    });
  });

  it("are whole where a list has no names", () => {
    expect(liveInputs({ args: ["a", "b"] }, { args: ["a"] })).toEqual({ args: ["a"] });
  });

  it("take amounts of resources for the same in whatever form, and other text not", () => {
    const said = { resources: { limits: { cpu: "0.5", memory: "1024Mi" } }, version: "1.0" };
    const live = { resources: { limits: { cpu: "500m", memory: "1Gi" } }, version: "1" };
    expect(liveInputs(said, live)).toEqual({ ...said, version: "1" });
  });

  it("of an import have nothing that only the API sets", () => {
    const live = {
      kind: "ConfigMap",
      metadata: { name: "x", uid: "u", managedFields: [], labels: {} },
      status: {},
      data: {},
    };
    expect(importedInputs(live)).toEqual({ kind: "ConfigMap", metadata: { name: "x", labels: {} }, data: {} });
  });
});
