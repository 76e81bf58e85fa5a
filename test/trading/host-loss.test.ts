import { describe, expect, test } from "vitest";
import { hostLoss } from "../../src/trading/host-loss.ts";

describe("KS-28 what becomes of our orders if this host dies", () => {
  test("nothing rests, nothing is lost", () => {
    expect(hostLoss([])).toEqual({
      stayLive: 0,
      withdrawn: 0,
      words: "if this host dies now, no order of ours is at a venue",
    });
  });

  test("orders under a switch are withdrawn, by the last switch at the latest", () => {
    const workers = [
      { open: 2, covered: 2, withinMs: 46_000 },
      { open: 1, covered: 1, withinMs: 59_000 },
    ];
    expect(hostLoss(workers)).toEqual({
      stayLive: 0,
      withdrawn: 3,
      withinMs: 59_000,
      words: "if this host dies now, the venue cancels 3 orders within 60 s",
    });
  });

  test("without a switch they stay live, and a worker that is covered does not hide one that is not", () => {
    expect(hostLoss([{ open: 1, covered: 0 }]).words).toBe(
      "if this host dies now, 1 order stays live: nothing withdraws it",
    );
    expect(
      hostLoss([
        { open: 2, covered: 0 },
        { open: 1, covered: 1, withinMs: 100 },
      ]),
    ).toMatchObject({
      stayLive: 2,
      withdrawn: 1,
      words: "if this host dies now, the venue cancels 1 order within 15 s, and 2 orders stay live",
    });
  });
});
