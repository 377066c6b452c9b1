import { describe, expect, it } from "vitest";
import { Progress } from "./progress";

function watched(): { progress: Progress; shown: string[]; at: (milliseconds: number) => void } {
  let now = 0;
  const shown: string[] = [];
  const progress = new Progress({ write: (text) => void shown.push(text), now: () => now });
  return { progress, shown, at: (milliseconds) => (now = milliseconds) };
}

describe("Progress", () => {
  it("shows no progress during the first second", () => {
    const { progress, shown, at } = watched();
    at(999);
    progress.tick(1_000_000);
    progress.end();
    expect(shown).toEqual([]);
  });

  it("shows rate, percentage and remaining time, at most four times per second", () => {
    const { progress, shown, at } = watched();
    at(2000);
    progress.read(25, 100);
    progress.tick(50_000);
    at(2200);
    progress.tick(55_000);
    at(2300);
    progress.read(1, 100);
    progress.tick(57_500);
    progress.end();
    expect(shown).toEqual([
      "\r\u001b[K50,000 users, 25,000 per second, 25%, 6 s left",
      "\r\u001b[K57,500 users, 25,000 per second, 1%, 3 min 48 s left",
      "\r\u001b[K",
    ]);
  });

  it("omits percentage and remaining time when the size of the input is unknown", () => {
    const { progress, shown, at } = watched();
    at(4000);
    progress.read(0, 0);
    progress.tick(2000);
    expect(shown).toEqual(["\r\u001b[K2,000 users, 500 per second"]);
  });
});
