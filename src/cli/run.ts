// The entry of the command line. A command handles its own errors; what arrives here failed before there was one.
import { run } from "@oclif/core";
import { packageRoot } from "../runtime/package-root.ts";
import { openTracing } from "../runtime/tracing.ts";
import { failureEnvelope } from "./envelope.ts";
import { manifestPlugin } from "./manifest-plugin.ts";
import { printError } from "./present/error.ts";
import { unknownCommand } from "./unknown-command.ts";

const silent = () => {};
/** oclif's own tracing; its default one loads a terminal and its streams. */
const SILENT = {
  namespace: "",
  child: () => SILENT,
  debug: silent,
  error: silent,
  info: silent,
  trace: silent,
  warn: silent,
};

outliveReaders();
const tracing = await openTracing({ service: "ttt", instance: "ttt" });
let commands: readonly string[] = [];
try {
  const plugin = manifestPlugin(packageRoot(), import.meta.dirname);
  commands = plugin.commandIDs;
  await run(withDefaultCommand(process.argv.slice(2)), {
    root: plugin.root,
    plugins: new Map([[plugin.name, plugin]]),
    logger: SILENT,
  });
  await written();
} catch (error) {
  if (isPlainExit(error)) {
    process.exitCode = error.oclif.exit;
  } else {
    const envelope = failureEnvelope("", unknownCommand(error, commands) ?? error);
    if (process.argv.includes("--json")) process.stdout.write(`${JSON.stringify(envelope, null, 2)}\n`);
    else printError(envelope.error, error);
    process.exitCode = envelope.exit;
  }
} finally {
  await tracing?.close();
}

/** Resolves when all of standard output has left, or its reader has. */
function written(): Promise<void> {
  return new Promise((resolve) => {
    const { stdout } = process;
    if (stdout.destroyed) return resolve();
    stdout.once("close", () => resolve());
    stdout.write("", () => resolve());
  });
}

/**
 * Somebody who stops reading (`| head`) is no reason to stop working: what the command does must come to its end, a
 * demonstration must clear up behind itself. Any other trouble of a stream is a defect. Opening a stream loads much of
 * Node, so each is opened when it is first used: a kill is set by then.
 */
function outliveReaders(): void {
  for (const name of ["stdout", "stderr"] as const) {
    const open = Object.getOwnPropertyDescriptor(process, name)?.get;
    const get = (): NodeJS.WriteStream => {
      const stream: NodeJS.WriteStream = open?.call(process);
      Object.defineProperty(process, name, { configurable: true, enumerable: true, value: stream });
      stream.on("error", (error: NodeJS.ErrnoException) => {
        if (error.code !== "EPIPE") throw error;
      });
      return stream;
    };
    Object.defineProperty(process, name, { configurable: true, enumerable: true, get });
  }
}

/**
 * `ttt` alone is the console in a terminal, and help without one; `ttt --plain`, `ttt --json` read it once. `ttt help`
 * is what a hand types that comes from other tools.
 */
function withDefaultCommand(argv: string[]): string[] {
  if (argv[0] === "help") return [...argv.slice(1), "--help"];
  const alone = argv.length === 0 && process.stdin.isTTY && process.stdout.isTTY;
  const reads = ["--plain", "--json", "--screen"].some((flag) => argv[0] === flag || argv[0]?.startsWith(`${flag}=`));
  return alone || reads ? ["console", ...argv] : argv;
}

/** oclif ends `--help` and `--version` by throwing an exit of 0. */
function isPlainExit(error: unknown): error is Error & { code: "EEXIT"; oclif: { exit: number } } {
  return error instanceof Error && "code" in error && error.code === "EEXIT";
}
