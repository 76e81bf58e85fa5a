import { join } from "node:path";
import { expect, test } from "vitest";
import { Keymap } from "../../src/console/input/commands.ts";
import { drawFrame } from "../../src/console/screens/frame.ts";
import type { ConsoleModel } from "../../src/console/screens/model.ts";
import { SCREENS } from "../../src/console/screens/screens.ts";
import { initialState } from "../../src/console/state/console-state.ts";
import { LogStore } from "../../src/console/state/log-store.ts";
import { pressKey } from "../../src/console/state/press-key.ts";
import { applyMessage, UNSEEN } from "../../src/console/state/stack-view.ts";
import { plainText } from "../../src/console/view/line.ts";
import { MONOCHROME } from "../../src/console/view/theme.ts";
import { type SyntheticOptions, SyntheticStack } from "../support/synthetic-stack.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

const file = join(import.meta.dirname, "..", "..", "docs", "console-screens.md");

interface Scene {
  readonly title: string;
  readonly keys?: string;
  readonly size?: readonly [columns: number, rows: number];
  readonly stack?: SyntheticOptions;
  readonly before?: (stack: SyntheticStack) => void;
}

const trouble = (stack: SyntheticStack) => {
  stack.setState("worker-2", "quarantined", "ended 5 times in a row, last: exit code 1", "ttt logs worker-2");
  stack.setLevel("BLOCK", "anna", "fat finger");
  stack.openIncident();
};

const SCENES: readonly Scene[] = [
  { title: "Overview, paper" },
  { title: "Overview, live money, with trouble", stack: { environment: "live" }, before: trouble },
  { title: "Overview, the sandbox of an exchange", stack: { environment: "sandbox" } },
  { title: "Services", keys: "2 down down down" },
  { title: "One service", keys: "2 down down down enter" },
  { title: "Logs", keys: "3" },
  { title: "Orders and positions", keys: "4" },
  { title: "Risk and kill switch", keys: "5", before: trouble },
  { title: "Backtests", keys: "6 down" },
  { title: "Incidents", keys: "7", before: (stack) => stack.openIncident() },
  { title: "Runbooks", keys: "8 down" },
  { title: "The kill key", keys: "K down tab" },
  { title: "A change that must be confirmed", keys: "2 down down down r" },
  { title: "The palette", keys: ": r e s t" },
  { title: "Keys", keys: "?" },
  { title: "A narrow terminal", size: [46, 14] },
  { title: "Overview, 200 by 60", size: [200, 60] },
  { title: "One service, 200 by 60", keys: "2 down down down enter", size: [200, 60] },
];

test("OC-01 every screen looks as it was reviewed (vitest -u writes it anew)", async () => {
  const pages = SCENES.map((scene) => {
    const [columns, rows] = scene.size ?? [80, 24];
    return `## ${scene.title}\n\n${columns} by ${rows}${scene.keys ? `, after \`${scene.keys}\`` : ""}.\n\n\`\`\`text\n${draw(scene)}\n\`\`\`\n`;
  });
  const text = `# The console's screens\n\nDrawn by a test from a made-up stack, for review: what a change does to a screen shows here. Colours are left out.\n\n${pages.join("\n")}`;
  await expect(text).toMatchFileSnapshot(file);
});

function draw({ keys = "", size: [columns, rows] = [80, 24], stack: options = {}, before }: Scene): string {
  const clock = new VirtualClock();
  const stack = new SyntheticStack(clock, options);
  const logs = new LogStore();
  let view = UNSEEN;
  const cancel = stack.subscribe((message) => {
    view = applyMessage(view, message);
    if (message.kind === "lines") logs.push(message.lines, message.at);
  });
  before?.(stack);
  cancel();
  const keymap = new Keymap();
  let state = initialState(MONOCHROME);
  const model = (): ConsoleModel => ({ state, view, logs, keymap, now: clock.now() });
  for (const name of keys.split(" ").filter(Boolean)) {
    const key = { name, text: name.length === 1 ? name : "" };
    const idsOf = (screen: keyof typeof SCREENS) => SCREENS[screen].ids(model());
    ({ state } = pressKey(state, key, keymap, { view, logs, idsOf, pageRows: 10, now: clock.now(), colourDepth: 1 }));
  }
  return drawFrame(model(), { columns, rows }).map(plainText).join("\n");
}
