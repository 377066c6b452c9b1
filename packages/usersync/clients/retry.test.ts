import { describe, expect, it } from "vitest";
import { defaultTimes, parseRetryAfterMs, retryDelayMs, withRetry } from "./retry";

const now = Date.parse("2026-01-01T00:00:00Z");

describe("parseRetryAfterMs", () => {
  it.each([
    ["2", 2000],
    ["0", 0],
    ["86400", 86_400_000],
    ["Thu, 01 Jan 2026 00:00:05 GMT", 5000],
    // The client uses its own delay for these.
    ["Thu, 01 Jan 2020 00:00:00 GMT", undefined],
    ["-5", undefined],
    ["1e308", undefined],
    ["1.5", undefined],
    ["soon", undefined],
    ["", undefined],
    [undefined, undefined],
  ])("parses %s", (header, expected) => {
    expect(parseRetryAfterMs(header, now)).toBe(expected);
  });
});

describe("retryDelayMs", () => {
  const after = (retryAfterMs: number | undefined, tries = 0) =>
    retryDelayMs({ status: 429, retryAfterMs }, tries, defaultTimes);

  it("waits as long as the service asks, within five minutes, and never repeats without a delay", () => {
    expect(after(2000)).toBe(2000);
    expect(after(0)).toBe(1000);
    expect(after(300_000)).toBe(300_000);
    expect(after(300_001)).toBeUndefined();
    expect(after(Infinity)).toBeUndefined();
  });

  it("doubles its own delay up to 20 seconds and stops after seven retries", () => {
    expect([0, 1, 2, 3, 4, 5, 6, 7].map((tries) => after(undefined, tries))).toEqual([
      ...[1000, 2000, 4000, 8000, 16_000, 20_000, 20_000],
      undefined,
    ]);
  });

  it.each([
    ["a timeout", { status: 0, code: "ETIMEDOUT" }, 2],
    ["an answer of another form", { status: 0, code: "INVALID_ANSWER" }, 2],
    ["an unknown host", { status: 0, code: "ENOTFOUND" }, 2],
    ["a broken connection", { status: 0, code: "ECONNRESET" }, 7],
    ["a certificate that is not trusted", { status: 0, code: "DEPTH_ZERO_SELF_SIGNED_CERT" }, 0],
    ["a refusal", { status: 403 }, 0],
  ])("limits the retries after %s", (_name, failure, expected) => {
    const retries = [0, 1, 2, 3, 4, 5, 6, 7].filter(
      (tries) => retryDelayMs(failure, tries, defaultTimes) !== undefined,
    );
    expect(retries).toHaveLength(expected);
  });
});

describe("withRetry", () => {
  it("repeats a call until it succeeds or its error is permanent", async () => {
    let calls = 0;
    const error = Object.assign(new Error("busy"), { status: 503 });
    const call = () => (++calls < 3 ? Promise.reject(error) : Promise.resolve(calls));
    const times = { ...defaultTimes, firstMs: 1 };
    expect(await withRetry(call, { times })).toBe(3);
    calls = 0;
    await expect(withRetry(call, { times, retries: 1 })).rejects.toThrow("busy");
    await expect(withRetry(() => Promise.reject(new TypeError("a bug")), { times })).rejects.toThrow("a bug");
  });
});
