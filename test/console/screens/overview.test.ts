import { expect, test } from "vitest";
import { Keymap } from "../../../src/console/input/commands.ts";
import { drawPlain } from "../../../src/console/screens/frame.ts";
import { initialState } from "../../../src/console/state/console-state.ts";
import { LogStore } from "../../../src/console/state/log-store.ts";
import { applyMessage, UNSEEN } from "../../../src/console/state/stack-view.ts";
import { plainText } from "../../../src/console/view/line.ts";
import { MONOCHROME } from "../../../src/console/view/theme.ts";
import { SyntheticStack } from "../../support/synthetic-stack.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

test("OC-04 the filter holds for all that the overview lists", () => {
  const clock = new VirtualClock();
  const stack = new SyntheticStack(clock, {});
  const logs = new LogStore();
  let view = UNSEEN;
  stack.subscribe((message) => {
    view = applyMessage(view, message);
    if (message.kind === "lines") logs.push(message.lines, message.at);
  });
  stack.log([
    { level: "warn", message: "worker-2 is slow" },
    { level: "warn", message: "the disk is slow" },
  ]);
  const listed = (text: string) => {
    const state = { ...initialState(MONOCHROME), filters: { overview: text } };
    return drawPlain({ state, view, logs, keymap: new Keymap(), now: clock.now() }, 120).map(plainText).join("\n");
  };
  expect(listed("")).toMatch(/● postgres[\s\S]*the disk is slow/);
  const filtered = listed("WORKER-2");
  expect(filtered).toMatch(/● worker-2[\s\S]*worker-2 is slow/);
  expect(filtered).not.toMatch(/postgres|the disk is slow|BTC-USD/);
});
