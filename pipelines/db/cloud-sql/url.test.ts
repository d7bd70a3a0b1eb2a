import { describe, expect, test } from "vitest";
import { externalTarget } from "../connect.ts";
import { connectionUrl } from "../url.ts";
import { readCloudSqlUrl } from "./url.ts";

const target = (databaseUrl: string, env: NodeJS.ProcessEnv = {}) => externalTarget({ databaseUrl, env });
const SECRET = "pa:s/s@w#rd";
const PLACE = "shop-prod:europe-west1:fleet";

describe("an address of Cloud SQL", () => {
  test("gives instance, user, password and database, and a label without the password; it can be sent to a thread", () => {
    const found = target(`cloudsql://ana:${encodeURIComponent(SECRET)}@${PLACE}/ota%20logs`);
    const cloudSql = { instance: PLACE, way: "public", iam: false };
    expect(found?.config).toMatchObject({ host: PLACE, user: "ana", password: SECRET, database: "ota logs", cloudSql });
    expect(found?.label).toBe(`ana@${PLACE}/ota logs`);
    expect(structuredClone(found)).toEqual(found);
    expect(found && target(connectionUrl(found))?.config).toEqual(found?.config);
  });

  test("has a project of a domain, a way and IAM, by which PostgreSQL knows a service account without its tail", () => {
    const url = "cloudsql://sa%40shop.iam.gserviceaccount.com@example.com:shop:us-east1:fleet/ota?ip=psc&iam=true";
    const found = target(url, { PGPASSWORD: SECRET });
    const cloudSql = { instance: "example.com:shop:us-east1:fleet", way: "psc", iam: true };
    expect(found?.config).toMatchObject({ user: "sa@shop.iam", database: "ota", cloudSql });
    expect(found?.config.password).toBeUndefined();
    expect(found && target(connectionUrl(found))?.config).toEqual(found?.config);
  });

  test("takes its password from PGPASSWORD, where it has none", () => {
    expect(target(`cloudsql://ana@${PLACE}/ota`, { PGPASSWORD: SECRET })?.config.password).toBe(SECRET);
  });

  test.each([
    ["", "is no address"],
    ["ana@shop-prod:fleet/ota", "is no address"],
    ["ana@shop-prod:europe-west1:fleet", "is no address"],
    ["shop-prod:europe-west1:fleet/ota", "is no address"],
    ["ana@Shop:europe-west1:fleet/ota", "is no address"],
    ["ana@10.0.0.1:5432/ota", "is no address"],
    [`ana:hunter2@canary@${PLACE}/ota`, "is no address"],
    [`ana:hunter2/canary@${PLACE}/ota`, "is no address"],
    [`ana:hunter2#canary@${PLACE}/ota`, "is no address"],
    [`ana:hunter2%zz@${PLACE}/ota`, "% that stands for nothing"],
    [`ana@${PLACE}/ota?sslmode=disable`, "parameter"],
    [`ana@${PLACE}/ota?ip=any`, "ip="],
    [`ana@${PLACE}/ota?iam=yes`, "iam="],
    [`ana:hunter2@${PLACE}/ota?iam=true`, "uses none"],
  ])("is refused as cloudsql://%s, and not shown", (rest, cause) => {
    const refused = () => readCloudSqlUrl(`cloudsql://${rest}`, "DATABASE_URL", undefined);
    expect(refused).toThrow(expect.objectContaining({ exitCode: 2, message: expect.stringContaining(cause) }));
    expect(refused).not.toThrow(/hunter2|canary/);
  });

  test.each([
    "https://sqladmin.googleapis.com/",
    "http://10.0.0.1:80/",
    "http://127.0.0.1.evil.invalid:80/",
    "http://127.0.0.1:99999/",
  ])("is not asked for at %s: what stands in for the API is on this machine", (SENTINEL_CLOUD_API) => {
    const refused = () => target(`cloudsql://ana@${PLACE}/ota`, { SENTINEL_CLOUD_API });
    expect(refused).toThrow(
      expect.objectContaining({ exitCode: 2, message: expect.stringContaining("on this machine") }),
    );
  });
});
