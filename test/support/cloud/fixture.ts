import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect } from "vitest";
import { type Ended, type Running, start } from "../cli.ts";
import type { Instance, Json, Network } from "./instances.ts";
import { StandIn } from "./stand-in.ts";

export const PROJECT = "example.com:shop";
export const NAME = `${PROJECT}:us-central1:fleet`;
/** Where the API has the instances of that project. */
export const INSTANCES = "/sql/v1beta4/projects/example.com%3Ashop/instances";
/** What somebody else lets in. */
export const OTHERS = { value: "198.51.100.0/24", name: "the office" };

export const allowing = (list: Network[]) => ({ ipConfiguration: { authorizedNetworks: list } });

/** `npm run cloud` as a user types it, on a stand-in of its own for each test. */
export class CloudFixture {
  api = new StandIn();
  env: Record<string, string> = {};

  constructor() {
    let folder: string;
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), "sentinel-cloud-"));
    });
    afterAll(() => rmSync(folder, { recursive: true }));
    beforeEach(async () => {
      this.api = new StandIn();
      await this.api.open();
      this.env = { ...this.api.environment(folder), SENTINEL_INSTANCE: NAME, SENTINEL_BY: "ana" };
      return () => this.api.close();
    });
  }

  begin(...words: string[]): Running {
    return start(["cloud", ...words], this.env);
  }

  /** Runs to the end, in which no token may be shown. */
  async run(...words: string[]): Promise<Ended> {
    const end = await this.begin(...words).ended;
    expect(end.stdout + end.stderr).not.toMatch(/ya29|Bearer|\n\s+at |bug in Sentinel/);
    return end;
  }

  async succeed(...words: string[]): Promise<Ended> {
    const end = await this.run(...words);
    expect(end).toMatchObject({ code: 0 });
    return end;
  }

  /** Cause and remedy, and an exit code. */
  async refuse(code: number, said: RegExp, ...words: string[]): Promise<Ended> {
    const end = await this.run(...words);
    expect(end.stderr).toMatch(said);
    expect(end.stderr).toMatch(/^✗ .+\n {2}.+/m);
    expect(end.code).toBe(code);
    return end;
  }

  put(settings: Json = {}, name = "fleet"): Instance {
    return this.api.instances.put({ project: PROJECT, name, region: "us-central1", settings });
  }

  get fleet(): Instance {
    const found = this.api.instances.all.get("fleet");
    if (!found) throw new Error("no instance");
    return found;
  }

  get networks(): Network[] {
    return this.fleet.settings.ipConfiguration.authorizedNetworks;
  }
}
