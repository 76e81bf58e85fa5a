import { OutageError } from "../../../core/errors.ts";

export interface ServerSentEvent {
  readonly id?: string;
  readonly type: string;
  readonly data: string;
}

/** The API says something on each stream every 15 s: after so long a silence there is nobody. */
const SILENT_MS = 45_000;

/**
 * The events of a response with content type text/event-stream, as they arrive. Comments and retry are left out. Throws
 * OutageError when nothing has come for so long that nothing will.
 */
export async function* readSse(response: Response): AsyncGenerator<ServerSentEvent, void, undefined> {
  if (!response.body) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    let rest = "";
    for (;;) {
      const { value, done } = await orSilent(reader.read());
      if (done) return;
      rest += value;
      for (let end = rest.indexOf("\n\n"); end !== -1; end = rest.indexOf("\n\n")) {
        const event = parse(rest.slice(0, end));
        rest = rest.slice(end + 2);
        if (event) yield event;
      }
    }
  } finally {
    // The reader has what it wanted; whether the other side takes that well does not matter.
    await reader.cancel().catch(() => {});
  }
}

async function orSilent<T>(read: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new OutageError("api", `silent for ${SILENT_MS / 1000} s`)), SILENT_MS);
  });
  try {
    return await Promise.race([read, silence]);
  } finally {
    clearTimeout(timer);
  }
}

function parse(block: string): ServerSentEvent | undefined {
  const fields = new Map<string, string>();
  for (const line of block.split("\n")) {
    const [, name, value] = /^(\w+): ?(.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) continue;
    const before = name === "data" ? fields.get("data") : undefined;
    fields.set(name, before === undefined ? value : `${before}\n${value}`);
  }
  const data = fields.get("data");
  if (data === undefined) return undefined;
  const id = fields.get("id");
  return { type: fields.get("event") ?? "message", data, ...(id !== undefined && { id }) };
}
