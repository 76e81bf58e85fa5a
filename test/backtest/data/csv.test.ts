import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BarBuffer } from "../../../src/backtest/data/bar-buffer.ts";
import { BarChecker, describeIssue } from "../../../src/backtest/data/check-bars.ts";
import { type CsvOptions, recogniseLayout } from "../../../src/backtest/data/csv-layout.ts";
import { CsvParser } from "../../../src/backtest/data/csv-parser.ts";

/** Reads a text as a file would be read, in chunks of the given size. */
function read(text: string, options: CsvOptions = {}, chunkBytes = 1 << 20) {
  const layout = recogniseLayout(text.split("\n").slice(0, 50), options);
  if ("problem" in layout) throw new Error(`${layout.problem}: ${layout.found}`);
  const rows = new BarBuffer();
  const checker = new BarChecker();
  const parser = new CsvParser(layout, options, (batch) => {
    checker.add(batch, (line) => parser.badCells.find((cell) => cell.line === line)?.text);
    rows.append(batch);
  });
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += chunkBytes) parser.push(bytes.slice(at, at + chunkBytes));
  parser.finish();
  checker.addOddTimes(parser.oddTimes());
  return { columns: rows.columns(), report: checker.report(), layout };
}

const firstBar = (text: string, options: CsvOptions = {}) => {
  const { columns } = read(text, options);
  return {
    time: new Date(columns.time[0]!).toISOString(),
    prices: [columns.open[0], columns.high[0], columns.low[0], columns.close[0], columns.volume[0]],
  };
};

describe("shapes of CSV files", () => {
  test.each<[kind: string, text: string, time: string, options?: CsvOptions]>([
    [
      "a pandas index without a name",
      ",Open,High,Low,Close,Volume\n2004-08-19,1,4,0.5,2,100\n",
      "2004-08-19T00:00:00.000Z",
    ],
    [
      "ISO with seconds",
      "Date,Open,High,Low,Close,Volume\n2020-01-01 00:01:00,1,4,0.5,2,100\n",
      "2020-01-01T00:01:00.000Z",
    ],
    [
      "ISO with T, fraction and Z",
      "time,open,high,low,close,volume\n2020-01-01T10:00:00.250Z,1,4,0.5,2,100",
      "2020-01-01T10:00:00.250Z",
    ],
    [
      "ISO with an offset",
      "time,open,high,low,close,volume\n2020-01-01T10:00:00+02:00,1,4,0.5,2,100",
      "2020-01-01T08:00:00.000Z",
    ],
    ["epoch seconds", "timestamp,open,high,low,close,volume\n1577836800,1,4,0.5,2,100", "2020-01-01T00:00:00.000Z"],
    [
      "epoch milliseconds",
      "Timestamp,OPEN,HIGH,LOW,CLOSE,VOLUME\n1577836800000,1,4,0.5,2,100",
      "2020-01-01T00:00:00.000Z",
    ],
    ["epoch microseconds", "ts,o,h,l,c,v\n1577836800000000,1,4,0.5,2,100", "2020-01-01T00:00:00.000Z"],
    ["epoch nanoseconds", "ts,o,h,l,c,v\n1577836800000000000,1,4,0.5,2,100", "2020-01-01T00:00:00.000Z"],
    ["epoch seconds as a float", "ts,o,h,l,c,v\n1577836800.0,1,4,0.5,2,100", "2020-01-01T00:00:00.000Z"],
    [
      "an exchange's rows without a header",
      "1577836800000,1,4,0.5,2,100,1577836859999,0,12,0,0,0\n",
      "2020-01-01T00:00:00.000Z",
    ],
    [
      "semicolons and decimal commas",
      "Date;Open;High;Low;Close;Volume\n2020-01-01;1,0;4,0;0,5;2,0;100\n",
      "2020-01-01T00:00:00.000Z",
    ],
    [
      "tabs, date and time apart",
      "<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\n2020.01.01\t09:30:00\t1\t4\t0.5\t2\t100\n",
      "2020-01-01T09:30:00.000Z",
    ],
    ["compact date and time", "20200101 093000;1;4;0.5;2;100\n", "2020-01-01T09:30:00.000Z"],
    [
      "a bank's GMT times",
      "Gmt time,Open,High,Low,Close,Volume\n01.02.2020 00:00:00.000,1,4,0.5,2,100\n",
      "2020-02-01T00:00:00.000Z",
    ],
    [
      "a line of address above the header",
      "https://example.org/data\nUnix,Date,Symbol,Open,High,Low,Close,Volume BTC\n1577836800,2020-01-01,BTCUSD,1,4,0.5,2,100\n",
      "2020-01-01T00:00:00.000Z",
    ],
    [
      "quoted fields with thousands",
      'Date,Open,High,Low,Close,Volume\n"2020-01-01","1","4","0.5","2","100"\n',
      "2020-01-01T00:00:00.000Z",
    ],
    [
      "day first, as asked",
      "Date,Open,High,Low,Close,Volume\n03/04/2020,1,4,0.5,2,100\n",
      "2020-04-03T00:00:00.000Z",
      { dateOrder: "dmy" },
    ],
    [
      "month first, told by a later row",
      "Date,Open,High,Low,Close,Volume\n03/04/2020,1,4,0.5,2,100\n03/15/2020,1,4,0.5,2,1\n",
      "2020-03-04T00:00:00.000Z",
    ],
    [
      "a byte order mark and Windows line ends",
      "\uFEFFDate,Open,High,Low,Close,Volume\r\n2020-01-01,1,4,0.5,2,100\r\n",
      "2020-01-01T00:00:00.000Z",
    ],
    [
      "a byte order mark before a quoted row without a header",
      '\uFEFF"2020-01-01T00:00:00+00:00",1,4,0.5,2,100\r\n"2020-01-02T00:00:00+00:00",1,4,0.5,2,100\r\n',
      "2020-01-01T00:00:00.000Z",
    ],
    [
      "times of a zone with summer time",
      "Date,Open,High,Low,Close,Volume\n2020-07-01 09:30,1,4,0.5,2,100\n",
      "2020-07-01T13:30:00.000Z",
      { timezone: "America/New_York" },
    ],
    [
      "date and time apart in a zone",
      "Date,Time,Open,High,Low,Close,Volume\n2020-01-02,09:30,1,4,0.5,2,100\n",
      "2020-01-02T14:30:00.000Z",
      { timezone: "America/New_York" },
    ],
  ])("%s", (_kind, text, time, options) => {
    expect(firstBar(text, options)).toEqual({ time, prices: [1, 4, 0.5, 2, 100] });
  });

  test("closing prices alone make bars that are points", () => {
    expect(firstBar("Date,Close\n2020-01-01,7\n").prices).toEqual([7, 7, 7, 7, 0]);
  });

  test.each([
    ["neither header nor rows", "hello\nworld\n", "No header"],
    ["a header without a close", "time,open,high,low,volume\n2020-01-01,1,2,0.5,9\n", "names no close"],
    ["a header with an adjusted close alone", "Date,Open,High,Low,Adj Close\n2020-01-01,1,2,0.5,1\n", "names no close"],
    ["a header without a time", "open,high,low,close,volume\n1,2,0.5,1,9\n", "names no time"],
    ["a header without high and low", "time,open,close,volume\n2020-01-01,1,1,9\n", "names no high and no low"],
    ["a header alone", "Date,Open,High,Low,Close\n", "no row"],
    ["an unknown time", "Date,Open,High,Low,Close\nyesterday,1,2,0,1\n", "no known format"],
    ["a date that can be read two ways", "Date,Open,High,Low,Close\n03/04/2020,1,2,0,1\n", "cannot be told apart"],
  ])("%s is refused in words", (_kind, text, words) => {
    expect(() => read(text)).toThrow(words);
  });
});

test("BT-11 unreadable, missing and impossible rows are named by line and column", () => {
  const { report } = read(
    [
      "time,open,high,low,close,volume",
      "2020-01-01,1,2,0.5,1,10",
      "2020-01-02,1,,0.5,1,10",
      "2020-01-03,1,2,0.5,abc,10",
      "2020-01-04,1,2,3,1,10",
      "2020-01-04,1,2,0.5,1,10",
      "2020-01-02,1,2,0.5,1,10",
      "2020-02-30,1,2,0.5,1,10",
      "2020-01-05,1,2,0.5,1,nan",
    ].join("\n"),
  );
  expect(report.issues.map(describeIssue)).toEqual([
    "line 3, high: missing (nothing)",
    'line 4, close: not a number ("abc")',
    "line 5, high: high below low (high 2 below low 3)",
    "line 6, time: duplicate time (2020-01-04T00:00:00Z again)",
    "line 7, time: out of order (2020-01-02T00:00:00Z after 2020-01-04T00:00:00Z)",
    'line 8, time: not a number ("2020-02-30")',
    'line 9, volume: missing ("nan")',
  ]);
  expect(report.errors).toBe(7);
});

test("every number is read exactly as JavaScript reads its text", () => {
  const price = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.double({ min: 0, max: 1e6, noNaN: true }).map((value) => value.toFixed(8)),
    fc.integer().map(String),
    fc.constantFrom("0", "-0", "0.1", ".5", "5.", "1e-7", "123456789012345678", "0.000000000000001"),
  );
  fc.assert(
    fc.property(fc.array(price, { minLength: 5, maxLength: 5 }), ([a, b, c, d, e]) => {
      const { columns } = read(`time,open,high,low,close,volume\n2020-01-01,${a},${b},${c},${d},${e}\n`);
      const got = [columns.open[0], columns.high[0], columns.low[0], columns.close[0], columns.volume[0]];
      expect(got).toEqual([a, b, c, d, e].map(Number));
    }),
  );
});

test("the size of the chunks makes no difference", () => {
  const rows = Array.from({ length: 40 }, (_, i) => `2020-01-01 00:${String(i).padStart(2, "0")}:00,1.5,2,1,1.25,${i}`);
  const text = `time,open,high,low,close,volume\r\n${rows.join("\r\n")}`;
  const whole = read(text).columns;
  for (const bytes of [1, 2, 7, 64, 1000]) expect(read(text, {}, bytes).columns).toEqual(whole);
});

test("a file without line breaks is refused instead of being kept in memory", () => {
  expect(() => read(`time,close\n2020-01-01,1\n${"x".repeat(200_000)}`, {}, 10_000)).toThrow("longer than");
});

describe("BT-11 hours that the clocks skip or show twice", () => {
  const zone = { timezone: "America/New_York" };
  const file = (...times: string[]) => ["time,open,high,low,close", ...times.map((t) => `${t},1,2,0.5,1`)].join("\n");
  const local = (...times: string[]) => {
    const { columns, report } = read(file(...times), zone);
    const issues = report.issues.map(describeIssue).filter((one) => /hour|order|duplicate/.test(one));
    return { utc: Array.from(columns.time, (ms) => new Date(ms).toISOString().slice(11, 16)), issues };
  };

  test("the order of the rows tells the first pass from the second", () => {
    const night = ["2020-11-01 00:30", "2020-11-01 01:00", "2020-11-01 01:30", "2020-11-01 01:00", "2020-11-01 01:30"];
    const utc = ["04:30", "05:00", "05:30", "06:00", "06:30", "07:00"];
    expect(local(...night, "2020-11-01 02:00")).toEqual({ utc, issues: [] });
    const downwards = read(file("2020-11-01 02:00", ...night.toReversed()), zone).columns.time;
    expect(Array.from(downwards, (ms) => new Date(ms).toISOString().slice(11, 16))).toEqual(utc.toReversed());
  });

  test("where the hour comes only once nobody knows which it is: the rows are named", () => {
    const { issues } = local("2020-11-01 00:30", "2020-11-01 01:30", "2020-11-01 02:30", "2021-11-07 01:30");
    expect(issues).toEqual([
      "line 3, time: ambiguous hour (2020-11-01 01:30 in America/New_York)",
      "line 5, time: ambiguous hour (2021-11-07 01:30 in America/New_York)",
    ]);
  });

  test("an hour that the clocks skip is an error by its line, also with date and time apart", () => {
    expect(local("2020-03-08 01:30", "2020-03-08 02:30", "2020-03-08 03:45").issues).toEqual([
      "line 3, time: skipped hour (2020-03-08 02:30 in America/New_York)",
    ]);
    const apart = "Date,Time,Open,High,Low,Close\n2020-03-08,01:30,1,2,0.5,1\n2020-03-08,02:30,1,2,0.5,1\n";
    expect(read(apart, zone).report.issues.map(describeIssue)).toEqual([
      "line 3, time: skipped hour (2020-03-08 02:30 in America/New_York)",
    ]);
    expect(read(apart).report.errors).toBe(0);
  });

  test("a time that carries its zone is none of them", () => {
    expect(local("2020-11-01T01:30:00-04:00", "2020-11-01T01:30:00-05:00")).toEqual({
      utc: ["05:30", "06:30"],
      issues: [],
    });
  });
});

describe("odd bars are remarked", () => {
  const remarks = (rows: readonly string[]) =>
    read(["time,open,high,low,close,volume", ...rows].join("\n")).report.issues.map(describeIssue);
  const bar = (time: string, volume = 1) => `${time},1,2,0.5,1,${volume}`;

  test("a volume below zero, a price of zero", () => {
    expect(remarks([bar("2020-01-01", -5), "2020-01-02,1,2,0,1,1"])).toEqual([
      "line 2, volume: negative volume (-5)",
      "line 3, low: not positive (0)",
    ]);
  });

  test("where another spacing begins, and a bar before its time", () => {
    const minutes = [0, 1, 2, 3, 4, 5, 5.5, 6, 7, 8, 9].map((m) => bar(new Date(m * 60_000).toISOString()));
    const fives = [15, 20, 25, 30, 35].map((m) => bar(new Date(m * 60_000).toISOString()));
    expect(remarks([...minutes, ...fives])).toEqual([
      "line 8, time: uneven spacing (1970-01-01T00:05:30Z: 30s after the bar before, not 1m)",
      "line 13, time: gap (5 bars missing between 1970-01-01T00:09:00Z and 1970-01-01T00:15:00Z)",
      "line 14, time: gap (4 bars missing between 1970-01-01T00:15:00Z and 1970-01-01T00:20:00Z)",
      "line 15, time: gap (4 bars missing between 1970-01-01T00:20:00Z and 1970-01-01T00:25:00Z)",
      "line 16, time: gap (4 bars missing between 1970-01-01T00:25:00Z and 1970-01-01T00:30:00Z)",
      "line 17, time: spacing change (1970-01-01T00:35:00Z: bars every 5m from here on, every 1m before)",
    ]);
  });

  test("weekends, holidays, nights, months and the change of clocks are not odd", () => {
    const weekdays = Array.from({ length: 200 }, (_, i) => new Date(Date.UTC(2020, 0, 6) + i * 86_400_000));
    const isWeekday = (date: Date) => ![0, 6].includes(date.getUTCDay());
    const days = weekdays.filter(isWeekday).map((date) => bar(date.toISOString()));
    expect(remarks(days)).toEqual([]);
    expect(remarks(Array.from({ length: 60 }, (_, i) => bar(new Date(Date.UTC(2015, i, 1)).toISOString())))).toEqual(
      [],
    );
    const closes = read(
      ["time,open,high,low,close", ...days.map((row) => row.replace("T00:00:00.000Z", " 16:00"))].join("\n"),
      { timezone: "America/New_York" },
    );
    expect(closes.report.issues).toEqual([]);
  });
});
