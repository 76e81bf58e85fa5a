import { statSync } from "node:fs";
import { OfflineNotices } from "../../src/actions/incidents/tell-offline.ts";
import { messageOf } from "../../src/core/errors.ts";
import type { Contact } from "../../src/ops/incident/contact.ts";
import { type Config, loadConfig } from "../../src/runtime/config.ts";
import type { Daemon } from "../../src/runtime/daemon.ts";
import { type openJournalSpool, openNotifier } from "../../src/runtime/incidents.ts";

type JournalSpool = ReturnType<typeof openJournalSpool>;

/**
 * Whom to tell of incidents, and by which channels: as the files of the configuration say now, not as they said when
 * the supervisor started. Files that cannot be used change nothing, and the log says so once.
 */
export class NoticeRoute {
  readonly #daemon: Pick<Daemon, "clock" | "log">;
  readonly #spool: JournalSpool;
  readonly #load: () => Promise<Config>;
  #config: Config;
  #seen: string;
  #notifier: ReturnType<typeof openNotifier>;
  #offline: OfflineNotices;

  constructor(daemon: Pick<Daemon, "config" | "clock" | "log">, spool: JournalSpool, load = () => loadConfig()) {
    this.#daemon = daemon;
    this.#spool = spool;
    this.#load = load;
    this.#config = daemon.config;
    this.#seen = stateOfFiles(daemon.config);
    this.#notifier = openNotifier(daemon.config, daemon.clock);
    this.#offline = this.#tellOffline();
  }

  get contacts(): readonly Contact[] {
    return this.#config.incident.contacts;
  }

  get notifier(): ReturnType<typeof openNotifier> {
    return this.#notifier;
  }

  get offline(): OfflineNotices {
    return this.#offline;
  }

  /** Reads the configuration again when its files are others than at the last look. */
  async follow(): Promise<void> {
    const found = stateOfFiles(this.#config);
    if (found === this.#seen) return;
    this.#seen = found;
    const { clock, log } = this.#daemon;
    try {
      this.#config = await this.#load();
    } catch (error) {
      log.warn("contacts stay as they were", { reason: messageOf(error) });
      return;
    }
    this.#notifier.close();
    this.#notifier = openNotifier(this.#config, clock);
    this.#offline = this.#tellOffline();
    log.info("contacts read again", { contacts: this.contacts.length });
  }

  close(): void {
    this.#notifier.close();
  }

  #tellOffline(): OfflineNotices {
    const { contacts } = this;
    return new OfflineNotices({ spool: this.#spool, contacts, notifier: this.#notifier, clock: this.#daemon.clock });
  }
}

/** Another text whenever one of the files is another, or was written. */
function stateOfFiles({ environment, paths, secretsFile }: Config): string {
  return [environment.TTT_STACK ?? paths.stackFile, secretsFile]
    .map((file) => {
      const status = statSync(file, { throwIfNoEntry: false });
      return status === undefined ? "none" : `${status.ino} ${status.size} ${status.mtimeMs}`;
    })
    .join(", ");
}
