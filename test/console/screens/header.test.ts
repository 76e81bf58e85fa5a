import { expect, test } from "vitest";
import { Keymap } from "../../../src/console/input/commands.ts";
import { header } from "../../../src/console/screens/header.ts";
import { initialState } from "../../../src/console/state/console-state.ts";
import { LogStore } from "../../../src/console/state/log-store.ts";
import { applyMessage, UNSEEN } from "../../../src/console/state/stack-view.ts";
import { toAnsi } from "../../../src/console/view/ansi.ts";
import { plainText } from "../../../src/console/view/line.ts";
import { THEMES, type Theme } from "../../../src/console/view/theme.ts";
import type { Environment } from "../../../src/trading/environment.ts";
import { SyntheticStack } from "../../support/synthetic-stack.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

const WORDS: Readonly<Record<Environment, RegExp>> = {
  paper: /^ PAPER (?!.*(SANDBOX|LIVE))/,
  sandbox: /^ SANDBOX (?!.*(PAPER|LIVE))/,
  live: /^ ▌LIVE MONEY▐ (?!.*(PAPER|SANDBOX)).* ▌LIVE▐$/,
};
const ENVIRONMENTS = Object.keys(WORDS) as Environment[];

function headerOf(environment: Environment, theme: Theme, width: number) {
  const clock = new VirtualClock();
  let view = UNSEEN;
  new SyntheticStack(clock, { environment }).subscribe((message) => {
    view = applyMessage(view, message);
  })();
  return header({ state: initialState(theme), view, logs: new LogStore(), keymap: new Keymap(), now: 0 }, width);
}

test.each([40, 80, 200])("OC-05 the environment is told by words of its own, %d cells wide", (width) => {
  for (const environment of ENVIRONMENTS) {
    expect(plainText(headerOf(environment, THEMES[0]!, width))).toMatch(WORDS[environment]);
  }
});

test("OC-05 in a narrow terminal live money keeps its words at both ends, and the level", () => {
  expect(plainText(headerOf("live", THEMES[0]!, 40))).toMatch(/^ ▌LIVE MONEY▐ {2}RUN .* ▌LIVE▐$/);
});

test("OC-05 and by the colour of the whole bar, in every theme that has colours", () => {
  for (const theme of THEMES.filter(({ name }) => name !== "monochrome")) {
    const grounds = ENVIRONMENTS.map((environment) => {
      const look = theme.roles[`${environment}-bar`];
      const line = headerOf(environment, theme, 80);
      expect(toAnsi(line.slice(-1), theme), `${theme.name}: the end of the ${environment} bar`).toContain(look);
      return look;
    });
    expect(new Set(grounds).size, theme.name).toBe(ENVIRONMENTS.length);
  }
});
