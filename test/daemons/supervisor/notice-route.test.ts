import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { NoticeRoute } from "../../../daemons/supervisor/notice-route.ts";
import { systemClock } from "../../../src/adapters/system/system-clock.ts";
import { loadConfig } from "../../../src/runtime/config.ts";
import { openJournalSpool } from "../../../src/runtime/incidents.ts";
import { openLog } from "../../../src/runtime/log.ts";

test("OR-05 contacts are those of the files now; a file that cannot be used changes nothing", async () => {
  const home = mkdtempSync(join(tmpdir(), "ttt-route-"));
  const file = join(home, "ttt.yaml");
  const contacts = (...names: readonly string[]) =>
    writeFileSync(
      file,
      `incident:\n  contacts:\n${names.map((name) => `    - { name: ${name}, channel: email, to: ${name}@desk.example }\n`).join("")}`,
      { mode: 0o600 },
    );
  contacts("anna");
  let loads = 0;
  const load = () => {
    loads += 1;
    return loadConfig({ TTT_HOME: home });
  };
  const config = await load();
  const log = openLog(
    join(home, "log"),
    { service: "s", instance: "s" },
    { level: "info", maxBytes: 1e6, maxFiles: 1 },
  );
  const route = new NoticeRoute({ config, clock: systemClock, log }, openJournalSpool(config), load);
  const names = async () => {
    await route.follow();
    return route.contacts.map(({ name }) => name);
  };
  try {
    const first = route.notifier;
    expect([await names(), loads, route.notifier === first]).toEqual([["anna"], 1, true]);
    contacts("anna", "bob");
    expect([await names(), loads, route.notifier === first]).toEqual([["anna", "bob"], 2, false]);
    writeFileSync(file, "incident: { contacts: nobody }\n");
    expect([await names(), await names(), loads]).toEqual([["anna", "bob"], ["anna", "bob"], 3]);
    contacts("carl");
    expect(await names()).toEqual(["carl"]);
  } finally {
    route.close();
    log.close();
    rmSync(home, { recursive: true });
  }
});
