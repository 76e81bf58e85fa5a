import type { Clock } from "../../core/clock.ts";
import type { LogFiles, LogRecord } from "../../ports/log-files.ts";
import type { LogLine } from "../desk-feed.ts";
import { keepTrying } from "./keep-trying.ts";
import type { DeskSender } from "./sender.ts";

/** What a console begins with. */
const BACKLOG = 500;
/** A stack trace belongs into `ttt logs`, not into a row. */
const MOST_CONTEXT = 400;

/** The newest lines, and then what the services write. */
export function watchLogs(logs: LogFiles, clock: Clock, send: DeskSender, signal: AbortSignal): Promise<void> {
  const attempt = async (): Promise<undefined> => {
    const { following } = await begin(logs, clock, send, signal);
    await following;
  };
  return keepTrying(clock, signal, attempt, (loss) => send({ topic: "logs", kind: "lost", at: clock.now(), ...loss }));
}

/**
 * A function of its own, because what `attempt` holds while it waits it holds for days: of a backlog that never dies
 * V8 learns that lines live long, and puts each new one where it is collected last.
 */
async function begin(logs: LogFiles, clock: Clock, send: DeskSender, signal: AbortSignal) {
  const newest = await logs.read([], () => true, BACKLOG);
  let told = 0;
  const following = logs.follow(
    [],
    () => true,
    (records, dropped) => {
      const lines = records.map(toLine);
      send({ topic: "logs", kind: "lines", at: clock.now(), lines, dropped: dropped - told });
      told = dropped;
    },
    signal,
  );
  // The backlog is old by nature: it says nothing of how far the reader is behind.
  send({ topic: "logs", kind: "lines", at: newest.at(-1)?.time ?? clock.now(), lines: newest.map(toLine) });
  return { following };
}

function toLine({ time, level, service, instance, message, context }: LogRecord): LogLine {
  return { at: time, level, service, instance, message, context: contextText(context) };
}

/** `key=value key=value`, bounded. */
function contextText(context: LogRecord["context"]): string {
  let text = "";
  for (const [key, value] of Object.entries(context)) {
    if (text.length > MOST_CONTEXT) return `${text.slice(0, MOST_CONTEXT)}…`;
    text += `${text === "" ? "" : " "}${key}=${typeof value === "string" ? value : JSON.stringify(value)}`;
  }
  return text.length > MOST_CONTEXT ? `${text.slice(0, MOST_CONTEXT)}…` : text;
}
