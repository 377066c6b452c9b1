import { describe, expect, it } from "vitest";
import { leaks } from "./secrets";

describe("leaks", () => {
  const secrets = [
    { name: "token", value: "s3cr3t/with+signs" },
    { name: "empty", value: "" },
  ];

  it("finds a value in clear, in base64 and URL-encoded", () => {
    expect(leaks("token is s3cr3t/with+signs.", secrets)).toEqual(["token"]);
    expect(leaks(`data: ${Buffer.from("s3cr3t/with+signs").toString("base64")}`, secrets)).toEqual(["token"]);
    expect(leaks("?t=s3cr3t%2Fwith%2Bsigns", secrets)).toEqual(["token"]);
  });

  it("finds nothing in a text without it, and never matches an empty value", () => {
    expect(leaks("nothing here", secrets)).toEqual([]);
  });
});
