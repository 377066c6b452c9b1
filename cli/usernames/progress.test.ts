import { describe, expect, it } from "vitest";
import { Progress } from "./progress";

function watched(): { progress: Progress; shown: string[]; at: (milliseconds: number) => void } {
  let now = 0;
  const shown: string[] = [];
  const progress = new Progress({ write: (text) => void shown.push(text), now: () => now });
  return { progress, shown, at: (milliseconds) => (now = milliseconds) };
}

describe("progress", () => {
  it("says nothing of what is done at once", () => {
    const { progress, shown, at } = watched();
    at(999);
    progress.tick(1_000_000);
    progress.end();
    expect(shown).toEqual([]);
  });

  it("shows rate, share and the time left, four times a second at most", () => {
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
      "\r\u001b[K50,000 people, 25,000 a second, 25%, 6 s left",
      "\r\u001b[K57,500 people, 25,000 a second, 1%, 3 min 48 s left",
      "\r\u001b[K",
    ]);
  });

  it("leaves out what nobody knows", () => {
    const { progress, shown, at } = watched();
    at(4000);
    progress.read(0, 0);
    progress.tick(2000);
    expect(shown).toEqual(["\r\u001b[K2,000 people, 500 a second"]);
  });
});
