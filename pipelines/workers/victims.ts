import { setImmediate as turn } from "node:timers/promises";
import type pg from "pg";
import { readCopyField } from "../db/copy.ts";
import { copyOut } from "../db/copy-out.ts";
import { bind, sql } from "../db/sql.ts";
import { bucketStart, deviceNumber, idOf } from "../domain/bucket.ts";
import type { SoundReport } from "../domain/fault-kinds.ts";
import type { FaultProfile } from "../domain/fault-profile.ts";
import { type Fault, idHasher, injector } from "../domain/faults.ts";
import { seed32 } from "../domain/random.ts";
import type { ReportColumn } from "../domain/vocabulary.ts";

/** Half a millisecond's: the batch that is at the server gets its answers meanwhile. */
const DEVICES_A_TURN = 4_000;

/** What chaos is asked for, as plain data: it is sent to threads. */
export interface Chaos {
  readonly profile: FaultProfile;
  /** Share of the devices that the profile can reach, 0 to 1. */
  readonly rate: number;
  readonly seed: number;
  readonly reported: readonly ReportColumn[];
  /** Those that the fleet ran before the rollout. */
  readonly versions: readonly string[];
  /** A generated fleet's ids are computed, others are read. */
  readonly generated: { readonly devices: number; readonly seed: number } | undefined;
}

/** A device that something can befall. */
export interface Place {
  readonly bucket: number;
  readonly deviceId: string;
  readonly idHash: number;
}

/** A device and what befalls it. */
export interface Struck extends Place {
  readonly faults: readonly Fault[];
}

/** Says whom chaos strikes and how, without striking. */
export function victims(chaos: Chaos, campaign: number) {
  const { profile, rate, seed, reported, versions, generated } = chaos;
  const inject = injector(profile, rate, seed, reported, versions);
  const hash = idHasher(seed);

  /** The devices of some buckets that anything can befall; undefined where the server has to be asked for them. */
  async function known(buckets: readonly number[]): Promise<readonly Place[] | undefined> {
    if (!generated) return undefined;
    const { devices } = generated;
    const key = seed32(generated.seed);
    const places: Place[] = [];
    let looked = 0;
    for (const bucket of buckets) {
      const length = bucketStart(bucket + 1, devices) - bucketStart(bucket, devices);
      looked += length;
      if (looked >= DEVICES_A_TURN) {
        looked = 0;
        await turn();
      }
      for (let nth = 0; nth < length; nth++) {
        const number = deviceNumber(bucket, nth, key);
        const idHash = hash.ofNumber(number);
        if (inject.chooses(idHash)) places.push({ bucket, deviceId: idOf(number), idHash });
      }
    }
    return places;
  }

  async function asked(client: pg.ClientBase, buckets: readonly number[]): Promise<readonly Place[]> {
    const places: Place[] = [];
    await copyOut(client, bind(sql("corrupt.ids"), { buckets, campaign }), (bytes, from, to) => {
      const [bucket = "", id = ""] = bytes.toString("utf8", from, to).split("\t");
      const deviceId = readCopyField(id) ?? "";
      const idHash = hash.ofText(deviceId);
      if (inject.chooses(idHash)) places.push({ bucket: Number(bucket), deviceId, idHash });
    });
    return places;
  }

  /**
   * The devices of some buckets that something befalls.
   * @param places what {@link known} said of them.
   * @param everyReport whether reports are read that need not be, so that faults which would change nothing are told beforehand.
   */
  async function struckAmong(
    client: pg.ClientBase,
    buckets: readonly number[],
    { places, everyReport = false }: { places?: readonly Place[] | undefined; everyReport?: boolean } = {},
  ): Promise<readonly Struck[]> {
    const among = places ?? (await known(buckets)) ?? (await asked(client, buckets));
    const read = among.filter(({ idHash }) => everyReport || inject.reads(idHash));
    const reports = await reportsOf(client, buckets, read);
    const struck: Struck[] = [];
    for (const { bucket, deviceId, idHash } of among) {
      const faults = inject.strike(idHash, reports.get(deviceId));
      if (faults.length > 0) struck.push({ bucket, deviceId, idHash, faults });
    }
    return struck;
  }

  async function reportsOf(
    client: pg.ClientBase,
    buckets: readonly number[],
    places: readonly Place[],
  ): Promise<ReadonlyMap<string, SoundReport>> {
    if (places.length === 0) return new Map();
    const { rows } = await client.query<SoundReport & { device_id: string }>(sql("corrupt.reports"), [
      ...[campaign, places.map(({ bucket }) => bucket), places.map(({ deviceId }) => deviceId), buckets],
    ]);
    return new Map(rows.map((row) => [row.device_id, row]));
  }

  return { known, struckAmong };
}
