import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { closeSync, openSync, readFileSync, renameSync, statSync } from "node:fs";
import { OperatorError } from "../../core/errors.ts";
import type { HostedProcess, ProcessEnd, ProcessHost } from "../../ports/process-host.ts";
import type { Program } from "../../ports/program.ts";
import { commandLineOf, environmentOf, isAlive, processIds, processRow } from "./process-table.ts";

export interface LocalHostSettings {
  readonly home: string;
  /** Where the standard output and error of an instance go: what it says before and beside its own log. */
  outputFile(instance: string): string;
  /** Programs that hide their environment are found by a word of their command line or title. */
  readonly titles: Readonly<Record<string, string>>;
}

/** An adopted process is not our child, so its end is looked for. */
const LOOK_MS = 100;
const END_GRACE_MS = 5_000;
/** How long killed remainders may take to vanish before the end is reported with them. */
const SURVIVOR_TIMEOUT_MS = 3_000;
const LARGEST_OUTPUT_BYTES = 1_000_000;
const LAST_WORDS = 4_000;

/** Processes of this machine, each the leader of a group of its own, marked by TTT_HOME, TTT_INSTANCE, TTT_NONCE. */
export class LocalProcessHost implements ProcessHost {
  readonly #settings: LocalHostSettings;
  readonly #running = new Map<string, HostedProcess>();
  /** How long the output file was when the instance was started: what comes after is its own. */
  readonly #outputFrom = new Map<string, number>();

  constructor(settings: LocalHostSettings) {
    this.#settings = settings;
  }

  start(instance: string, program: Program, onEnd: (end: ProcessEnd) => void): HostedProcess {
    const nonce = newNonce();
    const output = this.#openOutput(instance);
    const { command, args, uid, gid } = program;
    const marks = { TTT_HOME: this.#settings.home, TTT_INSTANCE: instance, TTT_NONCE: nonce };
    const child = spawn(command, [...args], {
      detached: true,
      stdio: ["ignore", output, output],
      env: { ...process.env, ...program.env, ...marks },
      ...(uid !== undefined && { uid }),
      ...(gid !== undefined && { gid }),
    });
    closeSync(output);
    // Reported by the exception below; without a listener it would end the supervisor.
    child.on("error", () => {});
    if (child.pid === undefined) {
      throw new OperatorError(`The program ${command} cannot be started.`, {
        exit: "configuration",
        code: "SPAWN_FAILED",
        found: command,
      });
    }
    child.unref();
    const hosted = { instance, pid: child.pid, startTime: processRow(child.pid)?.startTime ?? "", nonce };
    this.#running.set(instance, hosted);
    child.once("exit", (code, signal) => {
      const detail = signal === null ? `exit code ${code}` : `killed by ${signal}`;
      void this.#finish(hosted, code ?? undefined, detail, onEnd);
    });
    return hosted;
  }

  adopt(hosted: HostedProcess, onEnd: (end: ProcessEnd) => void): void {
    this.#running.set(hosted.instance, hosted);
    const timer = setInterval(() => {
      if (isAlive(hosted)) return;
      clearInterval(timer);
      void this.#finish(hosted, undefined, "ended", onEnd);
    }, LOOK_MS);
    timer.unref();
  }

  end(hosted: HostedProcess): void {
    kill(-hosted.pid, "SIGTERM");
    setTimeout(() => {
      if (isAlive(hosted)) kill(-hosted.pid, "SIGKILL");
    }, END_GRACE_MS).unref();
  }

  signal(instance: string, signal: "SIGTERM" | "SIGINT" | "SIGKILL"): void {
    const hosted = this.#running.get(instance);
    if (!hosted || !isAlive(hosted)) return;
    kill(-hosted.pid, signal);
    // A stopped process keeps every signal but SIGKILL for later.
    if (signal !== "SIGKILL" && processRow(hosted.pid)?.state === "T") kill(-hosted.pid, "SIGCONT");
  }

  isStopped(instance: string): boolean {
    const hosted = this.#running.get(instance);
    return hosted !== undefined && processRow(hosted.pid)?.state === "T";
  }

  find(): HostedProcess[] {
    const found = processIds()
      .flatMap((pid) => this.#identify(pid) ?? [])
      .sort((a, b) => Number(a.startTime) - Number(b.startTime) || a.pid - b.pid);
    // A child that a server has just forked looks like the server; the oldest is the one.
    return found.filter(
      ({ instance, nonce }, index) => nonce !== "" || found.findIndex((one) => one.instance === instance) === index,
    );
  }

  #identify(pid: number): HostedProcess | undefined {
    const row = processRow(pid);
    if (row === undefined || row.group !== pid) return undefined;
    const environment = environmentOf(pid);
    const instance = environment?.get("TTT_INSTANCE");
    const nonce = environment?.get("TTT_NONCE");
    if (instance && nonce && environment?.get("TTT_HOME") === this.#settings.home) {
      return { instance, pid, startTime: row.startTime, nonce };
    }
    const words = commandLineOf(pid);
    const titled = Object.entries(this.#settings.titles).find(([, title]) =>
      words.some((word) => word.endsWith(title)),
    );
    return titled && { instance: titled[0], pid, startTime: row.startTime, nonce: "" };
  }

  /** The proof: the group is killed, and the machine is searched for whatever carries the mark of this start. */
  async #finish(
    hosted: HostedProcess,
    code: number | undefined,
    detail: string,
    onEnd: (end: ProcessEnd) => void,
  ): Promise<void> {
    if (!isTakenOver(hosted)) kill(-hosted.pid, "SIGKILL");
    const survivors = new Set<number>();
    const deadline = performance.now() + SURVIVOR_TIMEOUT_MS;
    for (let left = this.#remainders(hosted); left.length > 0; left = this.#remainders(hosted)) {
      for (const pid of left) {
        survivors.add(pid);
        kill(pid, "SIGKILL");
      }
      if (performance.now() > deadline) break;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    if (this.#running.get(hosted.instance) === hosted) this.#running.delete(hosted.instance);
    const words = code === 0 ? "" : this.#lastWords(hosted.instance);
    onEnd({ code, detail: words === "" ? detail : `${detail}: ${words}`, survivors: survivors.size });
  }

  #remainders(hosted: HostedProcess): number[] {
    const { instance, nonce, pid: leader } = hosted;
    const isOurs = !isTakenOver(hosted);
    const title = this.#settings.titles[instance];
    return processIds().filter((pid) => {
      const row = processRow(pid);
      if (row === undefined) return false;
      if (isOurs && row.group === leader) return true;
      if (nonce !== "" && environmentOf(pid)?.get("TTT_NONCE") === nonce) return true;
      return title !== undefined && commandLineOf(pid).some((word) => word.includes(title));
    });
  }

  #lastWords(instance: string): string {
    try {
      const own = readFileSync(this.#settings.outputFile(instance)).subarray(this.#outputFrom.get(instance) ?? 0);
      const lines = own.toString("utf8").slice(-LAST_WORDS).trim().split("\n");
      // Node prints the error first, then its stack, then its own version.
      return lines.findLast((line) => /^\S*Error\b|\[[A-Z_]+\]/.test(line)) ?? lines.at(-1) ?? "";
    } catch {
      return "";
    }
  }

  #openOutput(instance: string): number {
    const path = this.#settings.outputFile(instance);
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    if (size > LARGEST_OUTPUT_BYTES) renameSync(path, `${path}.1`);
    this.#outputFrom.set(instance, size > LARGEST_OUTPUT_BYTES ? 0 : size);
    return openSync(path, "a", 0o600);
  }
}

/** Whether its number belongs to another process by now: then nothing of its group is left. */
function isTakenOver({ pid, startTime }: HostedProcess): boolean {
  const row = processRow(pid);
  return row !== undefined && row.startTime !== startTime;
}

/** Marks one start, and everything that comes of it. */
export function newNonce(): string {
  return randomBytes(12).toString("hex");
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It was gone already: that is what was wanted.
  }
}
