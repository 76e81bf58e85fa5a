import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { execa } from "execa";
import { chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const bin = join(import.meta.dirname, "..", "..", "bin", "ttt");
const browserPath = process.env.TTT_CHROMIUM ?? "/usr/bin/chromium";
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "ttt-studies-"));
  await ttt("data", "generate", "demo", "--bars", "20000", "--interval", "1h");
});
afterAll(() => rmSync(folder, { recursive: true }));

const environment = () => ({ cwd: folder, env: { TTT_HOME: join(folder, "home"), NO_COLOR: "1" } });
const ttt = (...args: string[]) => execa(bin, args, { ...environment(), reject: false });
const json = async (...args: string[]) => JSON.parse((await ttt(...args, "--json")).stdout);
const sweep = [
  "backtest",
  "sweep",
  "sma-cross",
  "--data",
  "demo",
  "--vary",
  "fast=2..40",
  "--vary",
  "slow=50..250:5",
  "--jobs",
  "1",
];

test("Ctrl-C keeps what is done, and the resumed sweep prints what an uninterrupted one does", async () => {
  const whole = await json(...sweep);
  await execa("rm", ["-r", join(folder, "home", "backtests")]);

  const running = execa(bin, [...sweep, "--json"], { ...environment(), reject: false });
  running.stderr.once("data", () => running.kill("SIGINT"));
  const stopped = await running;
  expect(stopped.exitCode).toBe(130);
  const { error } = JSON.parse(stopped.stdout);
  expect(error).toMatchObject({ code: "SWEEP_INTERRUPTED", hint: `ttt backtest resume ${whole.data.id}` });

  const [record] = (await json("backtest", "list")).data;
  expect(record).toMatchObject({ id: whole.data.id, status: "interrupted" });
  const resumed = await json("backtest", "resume", whole.data.id.slice(0, 6), "--jobs", "2");
  expect(resumed.data).toEqual(whole.data);
});

test("progress is JSON on stderr with --json, and nothing in a pipe without", async () => {
  const quick = ["backtest", "sweep", "sma-cross", "--data", "demo", "--vary", "fast=2..9", "--fresh"];
  const { stderr, stdout } = await ttt(...quick, "--json");
  const last = JSON.parse(stderr.split("\n").at(-1)!);
  expect(last).toMatchObject({ event: "progress", what: "sweep", done: 8, total: 8 });
  expect(JSON.parse(stdout).data.trials).toHaveLength(8);
  expect((await ttt(...quick)).stderr).toBe("");
});

test("an estimate tells the number of runs and makes none of them", async () => {
  const before = (await json("backtest", "list")).data.length;
  const { data } = await json(...sweep, "--estimate");
  expect(data.trials).toBe(39 * 41);
  expect(data.secondsPerTrial).toBeGreaterThan(0);
  expect((await json("backtest", "list")).data).toHaveLength(before);
});

test("kept runs are shown again, compared and exported", async () => {
  const one = (await json("backtest", "run", "sma-cross", "--data", "demo")).data;
  const two = (await json("backtest", "run", "breakout", "--data", "demo")).data;
  expect((await json("backtest", "show", one.id)).data.report).toEqual(one);
  const compared = (await json("backtest", "compare", one.id, two.id)).data;
  expect(compared.map(({ stats }: { stats: unknown }) => stats)).toEqual([one.stats, two.stats]);
  await ttt("backtest", "export", one.id, "trades.csv");
  expect(readFileSync(join(folder, "trades.csv"), "utf8").trim().split("\n")).toHaveLength(one.trades.length + 1);
  expect((await json("backtest", "export", one.id, "equity.parquet", "--part", "equity")).data.rows).toBe(20_000);
});

describe.skipIf(!existsSync(browserPath))("the HTML report in a browser", () => {
  test.each(["run", "sweep"])(
    "of a %s opens offline, asks the network for nothing, and shows values under the pointer",
    async (kind) => {
      const args =
        kind === "run"
          ? ["backtest", "run", "sma-cross", "--data", "demo"]
          : [...sweep.slice(0, -4), "--vary", "slow=50..90:10"];
      const { data } = await json(...args);
      await ttt("backtest", "report", data.id, "--out", `${kind}.html`);
      const flags = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
      ];
      const browser = await chromium.launch({
        executablePath: browserPath,
        args: [...flags, "--disable-component-update", "--disable-sync"],
      });
      try {
        const page = await browser.newPage();
        const requests: string[] = [];
        const complaints: string[] = [];
        page.on("request", (request) => requests.push(request.url()));
        page.on("pageerror", (error) => complaints.push(String(error)));
        page.on("console", (message) => complaints.push(message.text()));
        const address = pathToFileURL(join(folder, `${kind}.html`)).href;
        await page.goto(address);
        expect(requests).toEqual([address]);
        expect(complaints).toEqual([]);
        expect(await page.locator("h1").textContent()).toContain("sma-cross on demo");
        expect(await page.getByText("synthetic").count()).toBeGreaterThan(0);
        if (kind === "sweep") expect(await page.locator("svg.heat rect").count()).toBeGreaterThan(39 * 5);
        else {
          await page.hover("#equity");
          expect(await page.locator("figure:has(#equity) .tip").textContent()).toMatch(
            /\d{4}-\d\d-\d\d.*equity [\d,.]+/,
          );
        }
        // On a telephone the page does not scroll sideways, and its letters can be read.
        await page.setViewportSize({ width: 390, height: 800 });
        const width = await page.evaluate("document.documentElement.scrollWidth");
        expect(width).toBeLessThanOrEqual(390);
        const letters = await page.locator("svg text").all();
        const sizes = await Promise.all(letters.slice(0, 12).map((text) => text.boundingBox()));
        expect(Math.min(...sizes.map((box) => box?.height ?? 0))).toBeGreaterThan(8);
      } finally {
        await browser.close();
      }
    },
  );
});
