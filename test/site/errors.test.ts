import { describe, expect, test } from "vitest";
import { errorsAnswer, groupsSay, isExplained } from "../../src/components/answers/errors.ts";
import { regionSays } from "../../src/components/answers/region.ts";
import type { ErrorCode, ErrorStage, GroupFailure } from "../../src/components/error-rows.ts";
import { freeSpots } from "../../src/components/label-spots.ts";
import { regionCommands } from "../../src/components/region-devices.ts";
import { againstRest } from "../../src/components/region-intervals.ts";
import type { Campaign, RegionFailure } from "../../src/components/rows.ts";
import { type Point, simplify } from "../../src/data/simplify.ts";
import { type Outline, world } from "../../src/data/world.ts";
import { wilson } from "../support/fleet-fixture.ts";

const campaign = (devices: number, failed: number): Campaign => ({ devices, failed }) as Campaign;

/** A Pareto of counts, by the name of each code. */
function pareto(counts: Readonly<Record<string, number>>): ErrorCode[] {
  const all = Object.values(counts).reduce((sum, n) => sum + n, 0);
  let soFar = 0;
  return Object.entries(counts).map(([error_code, failures]) => {
    soFar += failures;
    const { rate_low: share_low, rate_high: share_high } = wilson(failures, all);
    return {
      error_code,
      failures,
      share: failures / all,
      cumulative_share: soFar / all,
      share_low,
      share_high,
    } as ErrorCode;
  });
}

describe("what broke them", () => {
  const says = (counts: Readonly<Record<string, number>>, stages: readonly ErrorStage[] = []): string => {
    const codes = pareto(counts);
    const failed = codes.reduce((sum, row) => sum + row.failures, 0);
    const { headline, detail } = errorsAnswer(codes, stages, campaign(2 * failed, failed));
    return `${headline} ${detail}`;
  };

  test.each([
    [
      { a: 600, b: 300, c: 100 },
      "a broke most: 60.0% of 1,000 failed devices. a alone makes up 60.0% of the failures.",
    ],
    [{ a: 400, b: 390, c: 210 }, "No one error stands out: either of a and b may be the most frequent. 2 of 3 codes"],
    [{ a: 40, b: 39, c: 38 }, "No one error stands out: any of a, b and c may be"],
    [{ a: 40, b: 39, c: 38, d: 37 }, "No one error stands out: any of 4 errors may be"],
    [{ a: 700, "(none)": 300 }, "300 devices (30.0%) failed without a code."],
    [
      { "(none)": 9 },
      "What broke 9 devices is not known. 50.0% of 18 devices failed, and none of them says by which error.",
    ],
  ])("%o is answered", (counts, words) => expect(says(counts)).toContain(words));

  test("where there is nothing to explain", () => {
    expect(errorsAnswer([], [], undefined).headline).toBe("There is no failure to explain yet.");
    expect(errorsAnswer([], [], campaign(0, 0)).headline).toBe("There is no failure to explain yet.");
    expect(errorsAnswer([], [], campaign(50, 0)).headline).toBe(
      "Nothing broke: all 50 devices updated at the first attempt.",
    );
    expect([isExplained([]), isExplained(pareto({ "(none)": 3 })), isExplained(pareto({ a: 3 }))]).toEqual([
      false,
      false,
      true,
    ]);
  });

  test("where to look, and at which stage most stopped, as far as either is known", () => {
    const at = (stage: string | null, failures: number, look_at: string | null): ErrorStage =>
      ({ error_code: "a", stage, failures, look_at }) as ErrorStage;
    const stages = [
      at("DOWNLOADING", 30, "link"),
      at("INSTALLING", 20, "device"),
      at("INSTALLING", 25, null),
      at(null, 25, null),
    ];
    expect(says({ a: 100 }, stages)).toContain(
      "By what the codes mean, look first at the link for 30.0% and the device for 20.0%. Most stopped at Installing (45.0%).",
    );
    expect(says({ a: 100 }, [at(null, 100, null)])).not.toMatch(/look first|stopped at/);
  });
});

describe("models and versions", () => {
  const row = (name: string, rate: number, verdict: string): GroupFailure =>
    ({ name, rate, rest_rate: 0.2, verdict }) as GroupFailure;
  const none = "no detectable difference";
  test.each([
    [[], "There is one of them, and so nothing to compare it with."],
    [[row("A", 0.2, none)], "There is one of them, and so nothing to compare it with."],
    [[row("A", 0.2, none), row("B", 0.21, none)], "No detectable difference between 2 models."],
    [
      [row("A", 0.3, "worse"), row("(none)", 0.1, "better"), row("C", 0.2, none)],
      "Beyond noise, these fail more often than all others: A (30.0% against 20.0%); less often: not reported (10.0% against 20.0%).",
    ],
    [[row("A", 0.1, "better"), row("B", 0.2, none)], "Beyond noise, these fail less often: A (10.0% against 20.0%)."],
  ])("%o are told apart only beyond noise", (rows, words) => expect(groupsSay(rows, "models")).toBe(words));
});

describe("one region", () => {
  const row = {
    ...{ region: "India", devices: 100, rate: 0.45, rest_devices: 300, rest_rate: 0.3, gap: 0.15 },
    ...{ gap_low: 0.04, gap_high: 0.26, verdict: "worse" },
  } as RegionFailure;
  test("is held against the rest, where there is one and it differs", () => {
    expect(regionSays(row)).toBe(
      "In India 45.0% of 100 devices failed, against 30.0% of 300 in all others: 15.0 points more, beyond noise (95% interval +4.0 to +26.0).",
    );
    expect(regionSays({ ...row, verdict: "no detectable difference" })).toContain(
      ": no detectable difference (+15.0 points, 95% interval +4.0 to +26.0).",
    );
    expect(againstRest(row).map(({ label, n }) => [label, n])).toEqual([
      ["India", 100],
      ["all others", 300],
    ]);
    const alone = { ...row, gap: null, rest_rate: null };
    expect(regionSays(alone)).toContain("There is no other region to compare it with.");
    expect(againstRest(alone)).toHaveLength(1);
  });

  test("has commands that a shell and PostgreSQL read as its name, or none", () => {
    const where = (region: string): string[] => regionCommands(region, 0, "c").map(({ text }) => text);
    expect(regionCommands("India", 2, "it's").map(({ text }) => text)[0]).toBe(
      "npm run triage -- list --region India --campaign 'it'\\''s'",
    );
    expect(where("India")).toHaveLength(1);
    expect(where("Côte d'Ivoire")[0]).toContain("WHERE region = '\\''Côte d'\\'''\\''Ivoire'\\'' AND");
    expect(where("$(x)")[0]).toMatch(/^npm run db -- psql -c 'SELECT .* region = '\\''\$\(x\)'\\'' AND .*'$/);
    expect(where("(none)")[0]).toContain("WHERE coalesce(region, '') = '' AND");
    expect([where("(untrusted)"), where("a\u202eb"), where("long... 0123abcd")]).toEqual([[], [], []]);
  });
});

describe("the map", () => {
  test("has simple lines that stay within the tolerance, with their ends", () => {
    const line = Array.from({ length: 200 }, (_, no): Point => [no / 10, Math.sin(no / 15)]);
    const simple = simplify(line, 0.05);
    expect(simple.length).toBeLessThan(40);
    expect([simple[0], simple.at(-1)]).toEqual([line[0], line.at(-1)]);
    for (const [x, y] of line) {
      const after = simple.findIndex(([other]) => other >= x);
      const [[x1, y1], [x2, y2]] = [simple[Math.max(0, after - 1)] as Point, simple[after] as Point];
      const between = x1 === x2 ? y1 : y1 + ((y2 - y1) * (x - x1)) / (x2 - x1);
      expect(Math.abs(y - between)).toBeLessThan(0.08);
    }
    expect(
      simplify(
        [
          [0, 0],
          [5, 5],
          [0, 0],
        ],
        1,
      ),
    ).toEqual([
      [0, 0],
      [5, 5],
      [0, 0],
    ]);
  });

  test("has each country in one place: its region's, or the rest", () => {
    const points = ({ coordinates }: Outline): number => coordinates.flat(2).length;
    const bare = world([]);
    expect(Object.keys(bare.regions)).toEqual([]);
    const { rest, regions } = world([
      { region: "India", countries: "356" },
      { region: "Nowhere", countries: "" },
      { region: "America", countries: "840 124 999" },
    ]);
    expect(Object.keys(regions)).toEqual(["India", "America"]);
    expect(points(rest)).toBeLessThan(points(bare.rest));
    const latitudes = regions.India?.coordinates.flat(2).map(([, latitude]) => latitude) ?? [];
    expect([Math.min(...latitudes), Math.max(...latitudes)].map(Math.round)).toEqual([8, 36]);
    expect(JSON.stringify(bare).length).toBeLessThan(40_000);
  });

  test("puts labels where they hide neither points nor each other, and inside", () => {
    const labels = [
      { x: 100, y: 50, width: 60, height: 14 },
      { x: 130, y: 52, width: 60, height: 14 },
      { x: 295, y: 50, width: 60, height: 14 },
    ];
    const boxes = freeSpots(labels, 300, 100).map(({ x, y }) => ({ x, y, right: x + 60, bottom: y + 14 }));
    for (const [no, box] of boxes.entries()) {
      expect([box.x >= 0, box.y >= 0, box.right <= 300, box.bottom <= 100]).toEqual([true, true, true, true]);
      for (const { x, y } of labels) expect(x > box.x && x < box.right && y > box.y && y < box.bottom).toBe(false);
      for (const other of boxes.slice(no + 1))
        expect(box.x < other.right && other.x < box.right && box.y < other.bottom && other.y < box.bottom).toBe(false);
    }
  });
});
