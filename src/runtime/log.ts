import { pino } from "pino";
import { RotatingFile } from "../adapters/files/rotating-file.ts";
import { traceId } from "../core/trace.ts";
import type { Log, LogContext } from "../ports/log.ts";
import { redact } from "./redaction.ts";

export interface LogSettings {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly maxBytes: number;
  readonly maxFiles: number;
}

/**
 * The log of one instance: JSON lines `{time, level, service, instance, msg, …context}`, written by the daemon
 * itself to its own rotated file, and to `echo` when somebody watches. Every line passes the redaction.
 */
export function openLog(
  file: string,
  identity: { service: string; instance: string },
  settings: LogSettings,
  echo?: (line: string) => void,
): Log & { close(): void } {
  const sink = new RotatingFile(file, settings);
  const destination = {
    write(line: string) {
      const clean = redact(line);
      sink.write(clean);
      echo?.(clean);
    },
  };
  const logger = pino(
    {
      level: settings.level,
      base: identity,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: pino.stdSerializers.err },
      messageKey: "msg",
      mixin: () => {
        const id = traceId();
        return id === undefined ? {} : { traceId: id };
      },
    },
    destination,
  );
  return { ...wrap(logger), close: () => sink.close() };
}

function wrap(logger: pino.Logger): Log {
  const at = (level: "debug" | "info" | "warn" | "error") => (message: string, context?: LogContext) => {
    if (context === undefined) logger[level](message);
    else logger[level](context, message);
  };
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    child: (context) => wrap(logger.child(context)),
  };
}
