import { KILL_REACHES, type KillReach } from "../../actions/desk-request.ts";
import type { Keymap } from "../input/commands.ts";
import { searchPalette } from "../input/palette.ts";
import type { ConsoleState, Prompt, Step } from "./console-state.ts";
import { brief, type CommandContext, carryOut, confirmed, runCommand } from "./run-command.ts";
import { killScopes, phraseFor } from "./safety.ts";

/** A key as the console knows it: its name, and the text it types when it types any. */
export interface Key {
  /** `a`, `K`, `enter`, `ctrl-c`, `page-up` */
  readonly name: string;
  readonly text: string;
}

/** The state after a key: it goes to the prompt when one is open, else to the command it stands for. */
export function pressKey(state: ConsoleState, key: Key, keymap: Keymap, context: CommandContext): Step {
  if (key.name === "ctrl-c") return { state, effect: { kind: "quit" } };
  if (state.prompt) return pressInPrompt(state, state.prompt, key, context);
  const command = keymap.commandFor(key.name, state.screen);
  return command === undefined ? { state } : runCommand(state, command, "", context);
}

/** Text that was pasted counts only where text is asked for: it must never be taken for keys. */
export function paste(state: ConsoleState, text: string): ConsoleState {
  const firstLine = text.split(/[\r\n]/, 1)[0]!;
  return state.prompt ? withPrompt(state, typeInto(state.prompt, firstLine)) : state;
}

function pressInPrompt(state: ConsoleState, prompt: Prompt, key: Key, context: CommandContext): Step {
  switch (key.name) {
    case "escape":
      return { state: closePrompt(cancelled(state, prompt)) };
    case "enter":
      return submit(state, prompt, context);
    case "up":
    case "down":
      return { state: withPrompt(state, move(prompt, key.name === "up" ? -1 : 1, context)) };
    case "backspace":
      return { state: withPrompt(state, typeInto(prompt, undefined)) };
    case "tab":
      return { state: prompt.kind === "kill" ? withPrompt(state, { ...prompt, reach: further(prompt.reach) }) : state };
    case "ctrl-u":
      return { state: withPrompt(state, clear(prompt)) };
    default:
      if (prompt.kind === "help") return { state: key.name === "?" || key.name === "q" ? closePrompt(state) : state };
      return { state: key.text === "" ? state : withPrompt(state, typeInto(prompt, key.text)) };
  }
}

function submit(state: ConsoleState, prompt: Prompt, context: CommandContext): Step {
  const closed = closePrompt(state);
  switch (prompt.kind) {
    case "help":
    case "filter":
      return { state: closed };
    case "palette": {
      const entry = searchPalette(prompt.text, context.view)[prompt.cursor];
      return entry ? runCommand(closed, entry.command, entry.target, context) : { state };
    }
    case "kill": {
      const reason = prompt.reason.trim() || "kill key in the console";
      return carryOut(closed, { kind: "kill", scope: prompt.scope, reach: prompt.reach, reason });
    }
    case "confirm": {
      if (prompt.typed.trim() !== phraseFor(prompt.intent, context.view)) {
        const notice = brief("That is not the phrase: nothing was done.", "warn", context.now);
        return { state: { ...state, prompt: { ...prompt, typed: "" }, notice } };
      }
      return confirmed(closed, prompt.intent, context);
    }
  }
}

/** Appends text to what the prompt holds; undefined takes the last character away. */
function typeInto(prompt: Prompt, text: string | undefined): Prompt {
  const edit = (held: string) => (text === undefined ? [...held].slice(0, -1).join("") : held + text);
  switch (prompt.kind) {
    case "filter":
      return { ...prompt, text: edit(prompt.text) };
    case "palette":
      return { ...prompt, text: edit(prompt.text), cursor: 0 };
    case "kill":
      return { ...prompt, reason: edit(prompt.reason) };
    case "confirm":
      return { ...prompt, typed: edit(prompt.typed) };
    case "help":
      return prompt;
  }
}

function clear(prompt: Prompt): Prompt {
  switch (prompt.kind) {
    case "filter":
      return { ...prompt, text: "" };
    case "palette":
      return { ...prompt, text: "", cursor: 0 };
    case "kill":
      return { ...prompt, reason: "" };
    case "confirm":
      return { ...prompt, typed: "" };
    case "help":
      return prompt;
  }
}

function move(prompt: Prompt, by: 1 | -1, { view }: CommandContext): Prompt {
  if (prompt.kind === "palette") {
    const last = searchPalette(prompt.text, view).length - 1;
    return { ...prompt, cursor: Math.max(0, Math.min(last, prompt.cursor + by)) };
  }
  if (prompt.kind === "kill") {
    const scopes = killScopes(view);
    const at = scopes.indexOf(prompt.scope);
    return { ...prompt, scope: scopes[Math.max(0, Math.min(scopes.length - 1, at + by))]! };
  }
  return prompt;
}

function further(reach: KillReach): KillReach {
  return KILL_REACHES[(KILL_REACHES.indexOf(reach) + 1) % KILL_REACHES.length]!;
}

/** A filter shows its effect while it is typed. */
function withPrompt(state: ConsoleState, prompt: Prompt): ConsoleState {
  const filters = prompt.kind === "filter" ? { ...state.filters, [state.screen]: prompt.text } : state.filters;
  return { ...state, prompt, filters };
}

function cancelled(state: ConsoleState, prompt: Prompt): ConsoleState {
  return prompt.kind === "filter" ? { ...state, filters: { ...state.filters, [state.screen]: prompt.before } } : state;
}

function closePrompt({ prompt: _closed, ...state }: ConsoleState): ConsoleState {
  return state;
}
