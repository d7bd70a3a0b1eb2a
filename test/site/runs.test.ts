import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type PreviewServer, previewSite } from "../../pipelines/site/preview.ts";
import { changeSince } from "../../src/components/answers/change.ts";
import { type Campaigns, runsAnswer } from "../../src/components/answers/runs.ts";
import { differencesOf, settingsThatDiffer, usualPair } from "../../src/components/campaign-pair.ts";
import type { CampaignDifference } from "../../src/components/campaign-rows.ts";
import { spread } from "../../src/components/slope-chart.ts";
import { violations } from "../support/accessibility.ts";
import { openBrowser } from "../support/browser.ts";
import { builtSite } from "../support/built-site.ts";
import { campaignMarts, type SideCampaign } from "../support/campaign-fixture.ts";
import type { Marts } from "../support/fleet-fixture.ts";
import { alike, populated } from "../support/site-scenarios.ts";
import { overflow, settled, visit } from "../support/visit.ts";

function campaigns(all: readonly SideCampaign[], change: (row: CampaignDifference) => object = () => ({})): Campaigns {
  const { campaign_rate, campaign_difference, campaign_setting } = campaignMarts(all);
  const differences = (campaign_difference as unknown as CampaignDifference[]).map((row) => ({
    ...row,
    ...change(row),
  }));
  return { rates: campaign_rate, settings: campaign_setting, differences } as unknown as Campaigns;
}

const NOW: SideCampaign = {
  ...{ campaign: "now", title: "Now", is_shown: true, seed: 42, policy: "default, version 1", retried: 0.5 },
  ...{
    devices: 10_000,
    failed: 3000,
    quarantined: 100,
    regions: [
      ["A", 5000, 1400],
      ["B", 5000, 1600],
    ],
  },
};
const BEFORE: SideCampaign = {
  ...NOW,
  campaign: "before",
  is_shown: false,
  seed: 41,
  failed: 3300,
  regions: [
    ["A", 5000, 1700],
    ["B", 5000, 1600],
  ],
};
const CAREFUL: SideCampaign = {
  ...NOW,
  campaign: "careful",
  is_shown: false,
  policy: "field, version 1",
  retried: 0.8,
};
const NOISE: SideCampaign = {
  ...NOW,
  campaign: "noise",
  is_shown: false,
  seed: 40,
  failed: 3010,
  regions: [
    ["A", 5000, 1410],
    ["B", 5000, 1600],
  ],
};

describe("the answer", () => {
  test.each([
    [
      [NOW, BEFORE],
      "now failed 3.0 points less often than before, beyond noise; in 1 of 2 regions no detectable difference.",
    ],
    [
      [
        { ...NOW, is_shown: false },
        { ...BEFORE, is_shown: true },
      ],
      "before failed 3.0 points more often than now, beyond noise",
    ],
    [[NOW, NOISE], "No detectable difference between now and noise, as a whole or in any of 2 regions."],
    [[NOW, CAREFUL], "Same fleet, other policy: every difference is the policy's."],
    [[NOW, { ...NOW, campaign: "again", is_shown: false }], "Same fleet, same settings: nothing differs."],
    [
      [NOW, { ...NOW, campaign: "again", is_shown: false, retried: 0.1 }],
      "Same fleet, same settings, and yet something differs.",
    ],
    [[NOW, { ...BEFORE, devices: 0, failed: 0, quarantined: 0, regions: [] }], "before has no devices to compare."],
    [[NOW], "There is one campaign, and so nothing to compare it with."],
    [[], "There is no campaign to compare yet."],
  ] as const)("of %o is %s", (all, words) => {
    const marts = campaigns(all);
    expect(runsAnswer(marts, usualPair(marts.rates)).headline).toContain(words);
  });

  test("says what each rate is of, how far chance reaches, and which settings differ", () => {
    const marts = campaigns([NOW, BEFORE]);
    expect(runsAnswer(marts, usualPair(marts.rates)).detail).toMatch(
      /^30\.0% of 10,000 devices failed at first, against 33\.0% of 10,000; 95% interval of the difference −4\.\d to −1\.\d points\..* Settings that differ: seed\.$/,
    );
  });

  test("of one fleet claims no chance, and names what was decided otherwise", () => {
    const { detail } = runsAnswer(campaigns([NOW, CAREFUL]), { a: "now", b: "careful" });
    expect(detail).toContain("nothing is left to chance and nothing is tested. In both 30.0% of 10,000 devices");
    expect(detail).toContain("Of the failures were retried 48.3% against 77.3% and rolled back 48.3% against 19.3%.");
    expect(detail).not.toMatch(/interval|noise|Holm/);
  });

  test("of a fleet that is a part of another makes no claim", () => {
    const part = () => ({ relation: "nested fleets", verdict: "not tested", low: null, high: null });
    const small = { ...BEFORE, devices: 5000, failed: 1650 };
    expect(runsAnswer(campaigns([NOW, small], part), { a: "now", b: "before" }).headline).toBe(
      "before is a part of now: their difference is not tested.",
    );
  });

  test("asks for another campaign where one is chosen twice", () =>
    expect(runsAnswer(campaigns([NOW, BEFORE]), { a: "now", b: "now" }).headline).toBe(
      "The same campaign is chosen twice.",
    ));
});

describe("the change since the run before", () => {
  const before = { ...BEFORE, is_shown: false };
  const part = () => ({ relation: "nested fleets", verdict: "not tested", low: null, high: null });
  test.each([
    [
      [NOW, before],
      "before",
      /^first failures down by 3\.0 points, beyond noise\. 30\.0% of 10,000 devices .* −4\.\d to −1\.\d points\.$/,
    ],
    [
      [NOW, NOISE],
      "noise",
      /^no detectable difference\. 30\.0% of 10,000 devices .* against 30\.1% of 10,000; 95% interval/,
    ],
    [
      [NOW, CAREFUL],
      "careful",
      /nothing is left to chance\. In both 30\.0% .* Of the failures were retried 48\.3% against 77\.3%/,
    ],
    [[NOW, { ...NOW, campaign: "again", is_shown: false }], "again", /Nothing was decided otherwise\.$/],
  ] as const)("of %o is since %s", (all, since, words) => {
    const found = changeSince(campaigns(all));
    expect(found?.since).toBe(since);
    expect(found?.said).toMatch(words);
  });

  test("is no test where one fleet is a part of the other", () =>
    expect(changeSince(campaigns([NOW, { ...BEFORE, devices: 5000, failed: 1650 }], part))?.said).toMatch(
      /^one is a part of the other, so the difference is not tested\. 30\.0% of 10,000 .* 33\.0% of 5,000, −3\.0 points\.$/,
    ));

  test.each([
    [
      "none before it",
      [
        { ...NOW, is_shown: false },
        { ...BEFORE, is_shown: true },
      ],
    ],
    ["one alone", [NOW]],
    ["none at all", []],
    ["an empty one before it", [NOW, { ...BEFORE, devices: 0, failed: 0, quarantined: 0, regions: [] }]],
  ] as const)("is nothing with %s", (_, all) => expect(changeSince(campaigns(all))).toBeUndefined());
});

test("labels of a slope are moved apart as little as it takes, and stay within the ends", () => {
  expect(spread([1, 5, 9], 2, [0, 10])).toEqual([1, 5, 9]);
  expect(spread([5, 5.5, 9.5, 10], 2, [0, 10])).toEqual([4, 6, 8, 10]);
  expect(spread([0, 0, 0], 2, [0, 10])).toEqual([0, 2, 4]);
});

test("a pair turned round has the opposite differences, ends and verdicts", () => {
  const { differences } = campaigns([NOW, BEFORE]);
  const there = differencesOf(differences, { a: "now", b: "before" });
  const back = differencesOf(differences, { a: "before", b: "now" });
  expect(there.length).toBeGreaterThan(5);
  const opposite = { higher: "lower", lower: "higher" } as Record<string, string>;
  for (const [at, row] of there.entries()) {
    expect(back[at]).toMatchObject({
      ...{ scope: row.scope, name: row.name, events_a: row.events_b, devices_b: row.devices_a },
      ...{ difference: 0 - (row.difference ?? 0), low: 0 - (row.high ?? 0), high: 0 - (row.low ?? 0) },
      verdict: opposite[row.verdict] ?? row.verdict,
    });
  }
});

test("settings that differ stand with those first that figures hang on; an unknown version is no difference", () => {
  const row = (campaign: string, setting: string, value: string | null, decides: boolean) => ({
    campaign,
    setting,
    value,
    decides,
    ordinal: 1,
  });
  const rows = ["a", "b"].flatMap((name) => [
    row(name, "workers", name, false),
    row(name, "rules version", name === "a" ? null : "1", true),
    row(name, "rules", "default", true),
    row(name, "policy", name, true),
  ]);
  expect(settingsThatDiffer(rows, { a: "a", b: "b" }).map(({ setting }) => setting)).toEqual(["policy", "workers"]);
});

describe("in a browser", () => {
  let browser: Browser;
  const servers: PreviewServer[] = [];
  const open = async (marts: Marts): Promise<string> => {
    const server = await previewSite({ dir: (await builtSite(marts)).dir, port: 0 });
    servers.push(server);
    return `${server.url}runs.html`;
  };
  let several: string;
  let one: string;

  beforeAll(async () => {
    browser = await openBrowser();
    [several, one] = await Promise.all([open(populated()), open(alike())]);
  });
  afterAll(async () => {
    await browser?.close();
    for (const server of servers) await server.close();
  });

  test("a choice changes answer, chart, settings and commands, and stands in the address", async () => {
    const { page, complaints, close } = await visit(browser, several, { width: 1280, scheme: "light" });
    const commands = (): Promise<string[]> =>
      page.$$eval(".commands .command", (all) => all.map((text) => text.textContent ?? ""));
    expect(await commands()).toEqual([
      "npm run report -- --campaign spring-rollout",
      "npm run report -- --campaign winter-rollout",
    ]);
    await page.selectOption("#choice-b", "spring-careful");
    await page.waitForFunction(() => document.querySelector(".headline")?.textContent?.startsWith("Same fleet"));
    expect(page.url()).toMatch(/\?b=spring-careful$/);
    await settled(page);
    expect(await page.textContent(".headline")).toBe("Same fleet, other policy: every difference is the policy's.");
    expect(await page.inputValue("#choice-by")).toBe("decision");
    expect(
      await page.$$eval(".settings tbody th, .settings tbody td:first-child", (all) =>
        all.map((cell) => cell.textContent),
      ),
    ).toEqual(["policy"]);
    expect((await commands())[1]).toBe("npm run report -- --campaign spring-careful");
    await page.reload();
    await settled(page);
    expect(await page.inputValue("#choice-b")).toBe("spring-careful");
    expect(await page.textContent(".headline")).toContain("Same fleet");
    expect(complaints).toEqual([]);
    await close();
  }, 120_000);

  test("an address makes the choice, the other way round too, at 320 px and dark", async () => {
    const query = "?a=winter-rollout&b=spring-rollout&by=stage";
    const { page, complaints, close } = await visit(browser, several + query, { width: 320, scheme: "dark" });
    expect(await page.textContent(".headline")).toContain(
      "winter-rollout failed 1.2 points more often than spring-rollout",
    );
    expect(await page.getAttribute(".drawing svg", "aria-label")).toBe("Differences between A and B by stage");
    expect(await overflow(page)).toBe(0);
    expect(await violations(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  }, 120_000);

  test("every page leads there", async () => {
    const { page, close } = await visit(browser, several.replace("runs", "index"), { width: 390, scheme: "light" });
    await page.click(".dateline a");
    await settled(page);
    expect(await page.textContent("h1")).toBe("What changed from one run to another?");
    await close();
  }, 120_000);

  test("with one campaign it says how to get a second over the same devices", async () => {
    const { page, complaints, close } = await visit(browser, one, { width: 390, scheme: "light" });
    expect(await page.textContent(".headline")).toBe("There is one campaign, and so nothing to compare it with.");
    expect(await page.textContent(".empty .command")).toBe(
      "npm run pipeline -- --devices 3000 --seed 42 --policy field --campaign second",
    );
    expect(await page.$$("select")).toEqual([]);
    expect(await violations(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  }, 120_000);
});
