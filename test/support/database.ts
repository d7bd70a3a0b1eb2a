import pg from "pg";
import { afterAll, inject } from "vitest";

/** A database of one test's own, on the real server of this run. */
export interface TestDatabase {
  readonly url: string;
  /** Removes it; whoever is still connected is thrown out. */
  drop(): Promise<void>;
}

let made = 0;

/** What takes the databases that a file's tests make, and drops them after its last test. */
export function keptDatabases(): <T extends TestDatabase>(database: T) => T {
  const kept: TestDatabase[] = [];
  afterAll(async () => {
    await Promise.all(kept.map((database) => database.drop()));
  });
  return (database) => {
    kept.push(database);
    return database;
  };
}

/** A migrated database without rows. */
export function freshDatabase(): Promise<TestDatabase> {
  return make(`TEMPLATE ${inject("templateDatabase")}`);
}

/** A database without so much as a schema. */
export function emptyDatabase(): Promise<TestDatabase> {
  return make("TEMPLATE template0");
}

async function make(template: string): Promise<TestDatabase> {
  const name = `test_${process.pid}_${Date.now().toString(36)}_${++made}`;
  await onServer(`CREATE DATABASE ${name} ${template} STRATEGY wal_log`);
  const url = new URL(inject("serverUrl"));
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => onServer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

async function onServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject("serverUrl") });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
