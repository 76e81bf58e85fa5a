import { Flags } from "@oclif/core";
import { TttCommand } from "../src/cli/base-command.ts";
import { openDesk } from "../src/cli/open-desk.ts";
import { parseKeys } from "../src/console/input/parse-keys.ts";
import { readConsole } from "../src/console/read-console.ts";
import { TABS } from "../src/console/state/console-state.ts";
import type { StackView } from "../src/console/state/stack-view.ts";
import { EXIT_CODES } from "../src/core/exit-codes.ts";

/** For a source that neither answers nor refuses. */
const READ_TIMEOUT_MS = 5_000;
/** A line of text for a pipe. */
const PIPE_WIDTH = 120;

export default class Console extends TttCommand<StackView | null> {
  static override readonly summary = "Open the console: services, trading, orders, risk, backtests and logs, live";
  static override readonly description =
    "`ttt` alone in a terminal does the same. It is a client: opening and closing it changes nothing. With --plain, --json or --no-input, or without a terminal, it reads everything once and ends, with 13 when the stack is not running.";
  static override readonly examples = [
    "<%= config.bin %>",
    "<%= config.bin %> console --screen logs",
    "<%= config.bin %> console --plain --screen risk",
  ];
  static override readonly flags = {
    screen: Flags.string({ options: [...TABS], default: "overview", description: "which screen to begin with" }),
    plain: Flags.boolean({ default: false, description: "print the screen once as text" }),
  };

  async run() {
    const { flags } = await this.parse(Console);
    const screen = TABS.find((name) => name === flags.screen) ?? "overview";
    const { stdin, stdout } = process;
    const desk = await openDesk();
    if (!this.jsonEnabled() && !flags.plain && flags.input && stdin.isTTY && stdout.isTTY) {
      // Ink and React are loaded for nothing else.
      const { openConsole } = await import("../src/console/open-console.tsx");
      await openConsole({ ...desk, stdin, stdout, screen, keys: parseKeys(desk.config.console.keys) });
      return null;
    }
    const width = flags.plain && stdout.isTTY ? stdout.columns : PIPE_WIDTH;
    const { view, lines } = await readConsole(desk.feed, desk.clock, { screen, width, timeoutMs: READ_TIMEOUT_MS });
    for (const line of lines) this.log(line);
    if (view.services.status !== "live") this.exitWith(EXIT_CODES.notRunning.code);
    return view;
  }
}
