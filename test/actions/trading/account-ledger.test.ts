import { expect, test } from "vitest";
import { AccountLedger } from "../../../src/actions/trading/account-ledger.ts";
import { micros } from "../../../src/trading/instrument.ts";
import { BTC } from "../../support/risk-context.ts";

const DAY = 86_400_000;
const noon = 100 * DAY + DAY / 2;
const cash = (units: number) => micros(units * 1e6);

function ledger(units: number): AccountLedger {
  const made = new AccountLedger(new Map([[BTC.id, BTC]]));
  made.takeCash(cash(units), []);
  return made;
}

test("RC-47 a restart forgives no loss: the day and the drawdown are measured from where they began", () => {
  const first = ledger(1_000);
  first.view([], noon);
  first.takeCash(cash(1_200), []);
  first.view([], noon + 1);
  const marks = first.unrecorded!;
  expect(marks).toEqual({ day: 100, dayStart: cash(1_000), peak: cash(1_200), armedEpoch: 0 });
  first.recorded(marks);
  expect(first.unrecorded).toBeUndefined();

  const second = ledger(700);
  second.restore(marks);
  expect(second.view([], noon + 2)).toMatchObject({
    equity: cash(700),
    dayStartEquity: cash(1_000),
    peakEquity: cash(1_200),
  });
  // The next day begins with what there is; the drawdown goes on.
  expect(second.view([], noon + DAY)).toMatchObject({ dayStartEquity: cash(700), peakEquity: cash(1_200) });
});

test("RC-47 an arm lets the drawdown count anew, and the day's loss stays", () => {
  const marks = { day: 100, dayStart: cash(1_000), peak: cash(1_200), armedEpoch: 3 };
  const armed = { dayStartEquity: cash(1_000), peakEquity: cash(700) };
  const before = ledger(700);
  before.armed(4);
  before.restore(marks);
  expect(before.view([], noon)).toMatchObject(armed);
  const after = ledger(700);
  after.restore(marks);
  after.armed(3);
  expect(after.view([], noon)).toMatchObject({ peakEquity: cash(1_200) });
  after.armed(4);
  expect(after.view([], noon)).toMatchObject(armed);
  expect(after.unrecorded).toMatchObject({ armedEpoch: 4, peak: cash(700) });
});
