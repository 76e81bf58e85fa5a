import { OperatorError } from "../../core/errors.ts";
import { COMMAND_NAMES, type CommandName, type KeyOverrides } from "./commands.ts";

const NAMED_KEY =
  /^(?:\S|enter|escape|up|down|left|right|page-up|page-down|home|end|tab|shift-tab|backspace|ctrl-[a-z])$/u;

/**
 * Keys as configured: `COMMAND=KEY[,KEY...]`, several by `;`. Throws an OperatorError for a command or key that does
 * not exist, a key given twice, and a console without a way to kill or to leave.
 */
export function parseKeys(text: string): KeyOverrides {
  const overrides: Partial<Record<CommandName, readonly string[]>> = {};
  const owners = new Map<string, CommandName>();
  for (const part of text.split(";").filter((one) => one.trim() !== "")) {
    const at = part.indexOf("=");
    const command = COMMAND_NAMES.find((name) => name === part.slice(0, at).trim());
    const keys = part
      .slice(at + 1)
      .split(",")
      .map((key) => key.trim());
    if (at < 0 || command === undefined) throw invalid(part, `COMMAND=KEY, of ${COMMAND_NAMES.join(", ")}`);
    for (const key of keys) {
      if (!NAMED_KEY.test(key)) throw invalid(part, "one character, or enter, escape, page-up, ctrl-x and the like");
      if (owners.has(key)) throw invalid(part, `${key} for one command only`);
      owners.set(key, command);
    }
    overrides[command] = keys;
  }
  return overrides;
}

function invalid(found: string, expected: string): OperatorError {
  return new OperatorError("The setting console.keys is not valid.", {
    exit: "configuration",
    code: "CONSOLE_KEYS",
    expected,
    found: found.trim(),
    hint: "ttt config names its source; ? in the console shows the commands",
  });
}
