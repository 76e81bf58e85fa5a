import { afterAll, describe, expect, test } from "vitest";
import type { ExplainedOrder } from "../../src/actions/risk/explain-order.ts";
import type { LimitList } from "../../src/actions/risk/list-limits.ts";
import type { LimitReport } from "../../src/actions/risk/set-limit.ts";
import type { StoredDecision } from "../../src/ports/decision-store.ts";
import { tttInOwnHome } from "../support/ttt.ts";

const { run, ttt, remove } = tttInOwnHome({ TTT_PAPER_BARS_PER_SECOND: "100", TTT_BACKTESTER_COUNT: "0" });
afterAll(remove);

/** The data of a command that must succeed. */
async function data<T>(...args: string[]): Promise<T> {
  const { exitCode, stdout, stderr } = await ttt(...args, "--json");
  if (exitCode !== 0) throw new Error(`ttt ${args.join(" ")}: ${stdout}${stderr}`);
  return (JSON.parse(stdout) as { data: T }).data;
}
const denials = (code: string) => data<StoredDecision[]>("risk", "denials", "--code", code, "--limit", "1");

describe("risk limits on a running stack", () => {
  test("RC-05 RC-07 a low limit makes the worker deny, an approval lets it trade again, and every order is explained", async () => {
    expect((await ttt("up")).exitCode).toBe(0);
    expect(await data<LimitList>("risk", "limits", "list")).toMatchObject({ version: 0, waiting: [] });

    // Stricter: at once, and by one person.
    const set = ["risk", "limits", "set", "--reason", "test"];
    const lowered = await data<LimitReport>(...set, "maxOrderNotional=1", "--scope", "strategy:sma-cross");
    expect(lowered).toMatchObject({ outcome: "in-force", version: 1 });
    await expect.poll(async () => (await denials("NOTIONAL_ABOVE_MAXIMUM")).length).toBe(1);
    const [denied] = await denials("NOTIONAL_ABOVE_MAXIMUM");
    const { order } = denied!.decision;
    const explained = await data<ExplainedOrder>("risk", "explain", order);
    expect(explained.intent).toBeUndefined();
    expect(explained.decisions[0]).toMatchObject({
      allowed: false,
      code: "NOTIONAL_ABOVE_MAXIMUM",
      limitsVersion: 1,
      epoch: lowered.epoch,
      token: expect.any(Number),
      buildHash: expect.stringMatching(/^[0-9a-f]{12}$/),
    });
    const notional = explained.decisions[0]!.checks.find(({ check }) => check === "RC-14");
    expect(notional?.verdict).toMatchObject({
      kind: "DENY",
      values: { limit: 1e6, scope: "strategy:sma-cross", observed: expect.any(Number) },
    });
    const text = await ttt("risk", "explain", order);
    expect(text.stdout).toMatch(/RC-14 +notional +DENY NOTIONAL_ABOVE_MAXIMUM .*limit=1000000/);

    // Wider: a request, which whoever asked cannot approve where two are wanted.
    const asked = await data<LimitReport>(...set, "maxOrderNotional=none", "--scope", "strategy:sma-cross");
    expect(asked.outcome).toBe("waiting");
    const alone = await run(["risk", "limits", "approve", String(asked.request), "--json"], {
      TTT_TRADING_LIMIT_APPROVAL: "two-persons",
    });
    expect(alone.exitCode).toBe(18);
    expect(alone.json()).toMatchObject({ ok: false, error: { code: "APPROVED_BY_REQUESTER" } });
    expect(await data<LimitList>("risk", "limits", "list")).toMatchObject({ version: 1, waiting: [{ id: 1 }] });

    // On paper one person is enough. It counts from the next epoch on, and the worker trades again.
    const approved = await data<LimitReport>("risk", "limits", "approve", String(asked.request));
    expect(approved).toMatchObject({ outcome: "in-force", version: 2, epoch: lowered.epoch + 1 });
    await expect.poll(async () => (await data<ExplainedOrder>("risk", "explain", order)).intent?.order).toBe(order);
    const sent = await data<ExplainedOrder>("risk", "explain", order);
    expect(sent.decisions[0]).toMatchObject({ allowed: true, limitsVersion: 2, epoch: approved.epoch });
    expect(sent.decisions.slice(1).every(({ code }) => code !== undefined)).toBe(true);

    const rows = await data<{ kind: string }[]>("audit", "list", "--kind", "risk-limit");
    expect(rows.map(({ kind }) => kind)).toEqual(["risk-limit.raised", "risk-limit.requested", "risk-limit.lowered"]);
    expect((await ttt("audit", "verify")).exitCode).toBe(0);
  });

  test("RC-08 a soft limit denies until an operator overrides it for one order, and then for that order alone", async () => {
    const asked = await data<LimitReport>(
      ...["risk", "limits", "set", "maxOrderNotional=1", "--soft", "--scope", "account:main", "--reason", "test"],
    );
    expect(asked.outcome).toBe("in-force");
    const denied = async () => (await denials("NOTIONAL_ABOVE_MAXIMUM"))[0]?.decision;
    await expect.poll(async () => (await denied())?.limitsVersion).toBe(asked.version);
    const { order } = (await denied())!;
    expect(await data("risk", "override", order, "--reason", "agreed")).toMatchObject({
      order,
      code: "NOTIONAL_ABOVE_MAXIMUM",
    });
    await expect.poll(async () => (await data<ExplainedOrder>("risk", "explain", order)).intent?.order).toBe(order);
    const [decision] = (await data<ExplainedOrder>("risk", "explain", order)).decisions;
    expect(decision).toMatchObject({ allowed: true, overrides: ["NOTIONAL_ABOVE_MAXIMUM"] });
    const again = await run(["risk", "override", order, "--reason", "again", "--json"]);
    expect([again.exitCode, again.json().error.code]).toEqual([17, "ORDER_ALLOWED"]);
    await expect.poll(async () => (await denied())?.order !== order).toBe(true);
  });

  test.each([
    [["risk", "explain", "ttt-nobody"], 12, "ORDER_UNKNOWN"],
    [["risk", "limits", "approve", "999"], 12, "LIMIT_REQUEST_UNKNOWN"],
    [["risk", "limits", "approve", "1"], 17, "LIMIT_REQUEST_DONE"],
    [["risk", "limits", "set", "maxFun=1", "--reason", "x"], 2, "LIMIT_UNKNOWN"],
    [["risk", "limits", "set", "collarRatio=wide", "--reason", "x"], 2, "LIMIT_VALUE_INVALID"],
    [["risk", "limits", "set", "collarRatio=1%", "--reason", " "], 2, "REASON_MISSING"],
  ] as const)("RC-07 ttt %j ends with %i", async (args, exit, code) => {
    const { exitCode, json } = await run([...args, "--json"]);
    expect(json()).toMatchObject({ ok: false, exit, error: { code } });
    expect(exitCode).toBe(exit);
  });
});
