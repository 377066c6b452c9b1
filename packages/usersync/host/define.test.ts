import { describe, expect, it } from "vitest";
import * as z from "zod/mini";

import { defineFunction, defineResource } from "./define";
import { objectType, property } from "./properties";
import { type CallContext, type PropertyMap, UNKNOWN } from "./types";
import { crossCheck } from "./validate";

const ctx: CallContext<undefined> = {
  config: undefined,
  signal: new AbortController().signal,
  log: () => undefined,
  redact: (text) => text,
};
const inUrn = { urn: "urn", olds: {} };

const login = objectType("test:index:Login", "A login.", {
  user: property("User.", z.string().check(z.minLength(1))),
  token: property("Token.", z.string().check(z.minLength(1)), { secret: true }),
  port: property("Port.", z._default(z.int({ error: "must be a port." }), 22)),
});
const calls: unknown[] = [];

const thing = defineResource({
  token: "test:index:Thing",
  description: "A thing.",
  inputs: {
    name: property("Name.", z.string(), { replaceOnChanges: true }),
    color: property("Color.", z._default(z.enum(["red", "blue"]), "red")),
    login: property("Login.", z.optional(login)),
    limit: property("Limit.", z.optional(z.number()), { ignoreChanges: true }),
    tags: property(
      "Tags by name.",
      z.optional(
        z.record(z.string(), z.string()).check(
          crossCheck((tags, report) => {
            if (tags["a"] === tags["b"] && tags["a"] !== undefined) report(["b"], "equals a.");
          }),
        ),
      ),
    ),
    list: property("List.", z.optional(z.array(z.string()))),
  },
  outputs: {
    version: property("Version.", z.number()),
    key: property("Key.", z.string(), { secret: true }),
  },
  validate: (inputs) => (inputs["color"] === "blue" ? [{ property: "color", reason: "is sold out." }] : []),
  preview: (_ctx: CallContext<undefined>, { previous }) =>
    Promise.resolve({ version: (previous?.outputs.version ?? 0) + 1 }),
  create(_ctx, inputs) {
    calls.push(inputs);
    return Promise.resolve({ id: inputs.name, outputs: { ...inputs, version: 1, key: "k" } });
  },
  read: () => Promise.resolve(undefined),
  update: (_ctx, { previous, inputs }) =>
    Promise.resolve({ ...inputs, version: (previous.outputs.version ?? 0) + 1, key: "k" }),
  delete: () => Promise.resolve(),
});

const check = async (news: PropertyMap) => {
  const { inputs, failures } = await thing.check(ctx, { ...inUrn, news });
  return { inputs, failures: failures.map(({ property: at, reason }) => `${at}: ${reason}`) };
};

describe("defineResource", () => {
  it("fills in defaults at every level and drops null", async () => {
    expect(await check({ name: "a", limit: null, login: { user: "u", token: "t" } })).toEqual({
      inputs: { name: "a", color: "red", login: { user: "u", token: "t", port: 22 } },
      failures: [],
    });
  });

  it("reports all failures together with their paths, without showing values", async () => {
    const { failures } = await check({
      color: "green",
      login: { user: 1, token: "", port: "x", password: "hunter2" },
      tags: { "x.y": 1, a: "1", b: "1" },
      list: ["a", 2],
      other: true,
    });
    expect(failures).toEqual([
      "name: is required.",
      "color: must be one of red, blue.",
      "login.user: must be a string.",
      "login.token: must not be empty.",
      "login.port: must be a port.",
      "login.password: is not a property here; allowed are user, token, port.",
      'tags["x.y"]: must be a string.',
      "tags.b: equals a.",
      "list[1]: must be a string.",
      "other: is not a property here; allowed are name, color, login, limit, tags, list.",
    ]);
    expect((await check({ name: "a", color: "blue" })).failures).toEqual(["color: is sold out."]);
  });

  it("accepts unknown values at every level and keeps them", async () => {
    const news: PropertyMap = { name: UNKNOWN, color: UNKNOWN, login: UNKNOWN, tags: { a: UNKNOWN }, list: [UNKNOWN] };
    expect(await check(news)).toEqual({ inputs: news, failures: [] });
    const inner: PropertyMap = { name: "a", login: { user: UNKNOWN, token: UNKNOWN, port: UNKNOWN } };
    expect((await check(inner)).failures).toEqual([]);
  });

  it("replaces on a declared property and ignores a change of another", async () => {
    const diff = (oldInputs: PropertyMap, newInputs: PropertyMap) =>
      thing.diff(ctx, { urn: "urn", id: "a", oldInputs, oldOutputs: {}, newInputs, ignoreChanges: [] });
    expect(await diff({ name: "a", limit: 1, color: "red" }, { name: "b", limit: 2, color: "blue" })).toEqual({
      changes: { name: "update-replace", color: "update" },
    });
  });

  it("previews with unknown outputs except those that it can tell", async () => {
    const inputs: PropertyMap = { name: UNKNOWN };
    expect(await thing.create(ctx, { urn: "urn", inputs, preview: true })).toEqual({
      id: "",
      outputs: { name: UNKNOWN, version: 1, key: UNKNOWN },
    });
    const change = { urn: "urn", id: "a", oldInputs: {}, oldOutputs: { version: 4 }, newInputs: inputs };
    expect((await thing.update(ctx, { ...change, preview: true })).outputs).toMatchObject({ version: 5, key: UNKNOWN });
    expect(calls).toEqual([]);
  });

  it("passes checked inputs with their defaults to create, and rejects others", async () => {
    await thing.create(ctx, { urn: "urn", inputs: { name: "a" }, preview: false });
    expect(calls).toEqual([{ name: "a", color: "red" }]);
    const invalid = thing.create(ctx, { urn: "urn", inputs: { color: "red" }, preview: false });
    await expect(invalid).rejects.toMatchObject({ failures: [{ property: "name", reason: "is required." }] });
  });

  it("marks declared properties as secret", () => {
    expect(thing.secretOutputs).toEqual(["login.token", "key"]);
  });
});

describe("defineFunction", () => {
  const add = defineFunction({
    token: "test:index:add",
    description: "Adds.",
    inputs: { a: property("First.", z.number()), b: property("Second.", z._default(z.number(), 1)) },
    outputs: { sum: property("Sum.", z.number()) },
    invoke: (_ctx: CallContext<undefined>, { a, b }) => Promise.resolve({ sum: a + b }),
  });

  it("fills in defaults and rejects invalid arguments", async () => {
    expect(await add.invoke(ctx, { a: 1 })).toEqual({ sum: 2 });
    await expect(add.invoke(ctx, { a: "1", b: true })).rejects.toMatchObject({
      failures: [
        { property: "a", reason: "must be a number." },
        { property: "b", reason: "must be a number." },
      ],
    });
  });

  it("returns unknown results while an argument is unknown", async () => {
    expect(await add.invoke(ctx, { a: UNKNOWN })).toEqual({ sum: UNKNOWN });
  });
});
