import pg from "pg";
import { campaignDigest } from "../../pipelines/db/digest.ts";
import type { TestDatabase } from "./database.ts";

let made = 0;

/** A session for the length of `work`. */
export async function session<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Runs statements and returns the rows of the last one. */
export async function query<Row = Record<string, unknown>>(
  url: string,
  text: string,
  values?: unknown[],
): Promise<Row[]> {
  return session(url, async (client) => {
    const answer: unknown = await client.query(text, values);
    const last = (Array.isArray(answer) ? answer.at(-1) : answer) as { rows: Row[] };
    return last.rows;
  });
}

/** A copy of a database that nobody is connected to. */
export async function cloned(source: TestDatabase): Promise<TestDatabase> {
  const template = new URL(source.url).pathname.slice(1);
  const name = `${template}_copy_${++made}`;
  const at = (database: string): string => Object.assign(new URL(source.url), { pathname: `/${database}` }).href;
  await query(at("postgres"), `CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY wal_log`);
  const drop = async () => void (await query(at("postgres"), `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
  return { url: at(name), drop };
}

/** What the current campaign of a database logically is. */
export function digestOf(url: string): Promise<string> {
  return session(url, async (client) => {
    const { rows } = await client.query<{ campaign_id: number }>("SELECT campaign_id FROM current_campaign");
    const current = rows[0];
    if (!current) throw new Error("the database has no current campaign");
    return campaignDigest(client, current.campaign_id);
  });
}

/** Every row that a second run must not touch, byte by byte: more than the digest, which leaves out who and when. */
export async function everyRow(url: string): Promise<Record<string, string>> {
  const tables = [
    ...["campaign", "device_profile", "update_outcome", "stored_report", "fault_ledger", "decision_rule", "decision"],
    ...["triage_queue", "triage_decision", "telemetry_amendment", "batch_ledger", "device_report", "recovery_actions"],
  ];
  const parts = tables.map(
    (table) =>
      `SELECT '${table}' AS name, count(*) || ' rows, ' || coalesce(sum(hashtextextended(t::text, 0)), 0) AS content FROM ${table} t`,
  );
  const rows = await query<{ name: string; content: string }>(url, parts.join(" UNION ALL "));
  return Object.fromEntries(rows.map(({ name, content }) => [name, content]));
}
