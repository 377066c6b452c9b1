import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import type * as z from "zod";
import { destinationSettings, isSecretSetting, settingsByPath } from "./schema";

/** Why a setting with an address or a place decides for no credential where it goes. */
const reasons: Record<string, string> = {
  "oidc.redirectUris": "loopback only",
  "oidc.listenAddress": "loopback only",
  "oidc.emailDomains": "selects users",
  "scim.token": "is a credential",
  "mapping.email": "selects an attribute",
  "smallstep.teamSlug": "selects a row",
  "scim.notificationEmail": "receives notifications",
  "kubernetes.adminToolsImage": "runs at a deployment only",
  "kubernetes.nodeImage": "runs at a deployment only",
};

const accepts = (setting: z.ZodType, value: unknown) => setting.safeParse(value).success;
/** Whether a setting takes addresses and rejects other text. */
const isAddress = (setting: z.ZodType) =>
  ["https://host.example", "host.example", "host.example:443", "127.0.0.1"].some((value) => accepts(setting, value)) &&
  !accepts(setting, "two words");
const isNamedLikeOne = (setting: string) =>
  /url|uri|host|port$|address|endpoint|server|proxy|domain|ssl|tls|cert|fingerprint|context|tenantid|issuer|image|email$/i.test(
    setting.split(".").at(-1) ?? "",
  );

it("marks every setting that looks like an address, by its name or its values, unless a reason is given", () => {
  const suspects = [...settingsByPath].filter(([name, setting]) => isNamedLikeOne(name) || isAddress(setting));
  const unmarked = suspects.map(([name]) => name).filter((name) => !destinationSettings.includes(name));
  expect(unmarked.sort()).toEqual(Object.keys(reasons).sort());
});

it("marks no secret as a destination", () => expect(destinationSettings.filter(isSecretSetting)).toEqual([]));

it("documents exactly the marked settings", () => {
  const page = readFileSync(path.join(__dirname, "../../docs/security.md"), "utf8");
  const [, list = ""] = /receives a credential: ([^;]*);/.exec(page) ?? [];
  expect(list.match(/(?<=`)[\w.]+(?=`)/g)?.sort()).toEqual([...destinationSettings].sort());
});
