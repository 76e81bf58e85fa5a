import { Command, Flags } from "@oclif/core";
import { messageOf } from "../core/errors.ts";
import { EXIT_CODES } from "../core/exit-codes.ts";
import { span } from "../core/trace.ts";
import { type Envelope, failureEnvelope, successEnvelope } from "./envelope.ts";
import { isJournalled } from "./journalled.ts";
import { printError } from "./present/error.ts";

/** What a command does to the world: shown in the catalogue, and what `--dry-run` and `--yes` hang on. */
export type Effect = "read" | "mutate" | "dangerous";

/**
 * The base of every command. `run` parses, calls one action, logs the text for people, and returns the data:
 * the same data becomes `.data` of the `--json` envelope, so the two cannot drift apart.
 */
export abstract class TttCommand<T> extends Command {
  static override readonly enableJsonFlag = true;
  /** Of every command, so that a script may always add it. Most never ask anything. */
  static override readonly baseFlags = {
    input: Flags.boolean({
      default: true,
      allowNo: true,
      helpGroup: "GLOBAL",
      description: "may ask at the terminal; with --no-input it names the flag that answers instead",
    }),
  };
  static readonly effect: Effect = "read";

  #exitCode: number = EXIT_CODES.ok.code;

  abstract override run(): Promise<T>;

  /** Ends the command with this code although it returned its data: a kill with residual orders has both. */
  protected exitWith(code: number): void {
    this.#exitCode = code;
    process.exitCode = code;
  }

  protected override _run<R>(): Promise<R> {
    return span(`ttt ${this.id?.replaceAll(":", " ") ?? ""}`, {}, async (root) => {
      const result = await super._run<R>();
      const exit = Number(process.exitCode ?? 0);
      root.set({ "process.exit.code": exit });
      await this.#putOnRecord(exit);
      return result;
    });
  }

  protected override toSuccessJson(data: unknown): Envelope {
    return successEnvelope(this.#spelling(), this.#exitCode, data);
  }

  protected override toErrorJson(error: unknown): Envelope {
    return failureEnvelope(this.#spelling(), error);
  }

  /** One serialisation with and without a terminal: no colours, two spaces. */
  override logJson(json: unknown): void {
    process.stdout.write(`${JSON.stringify(json, null, 2)}\n`);
  }

  protected override async catch(error: Error & { exitCode?: number }): Promise<void> {
    const envelope = failureEnvelope(this.#spelling(), error);
    process.exitCode = envelope.exit;
    if (this.jsonEnabled()) this.logJson(envelope);
    else printError(envelope.error, error);
  }

  /** What changed something goes into the journal; that it cannot be written there must not fail what was done. */
  async #putOnRecord(exit: number): Promise<void> {
    const { effect } = this.constructor as typeof TttCommand;
    if (!isJournalled(this.id ?? "", effect, this.argv)) return;
    const { keepCommand } = await import("../runtime/keep-command.ts");
    try {
      keepCommand({ command: [this.#spelling(), ...this.argv].join(" "), exit });
    } catch (error) {
      this.logToStderr(`Not on record: ${messageOf(error)}`);
    }
  }

  /** The command as it is typed: `backtest run`, where oclif says `backtest:run`. */
  #spelling(): string {
    return (this.id ?? "").replaceAll(":", " ");
  }
}
