import { describe, expect, test } from "vitest";
import { events } from "./support/cli.ts";
import { allowing, CloudFixture, INSTANCES, NAME, OTHERS, PROJECT } from "./support/cloud/fixture.ts";

const INSERT = "SqlInstancesService.Insert";
const cloud = new CloudFixture();

describe("create", () => {
  test("makes an instance that is encrypted, protected and backed up, and nothing more when asked again", async () => {
    await cloud.succeed("create", "--tier", "db-f1-micro", "--disk", "20");
    expect(cloud.api.changes).toEqual([
      {
        verb: "POST",
        path: INSTANCES,
        body: {
          name: "fleet",
          region: "us-central1",
          databaseVersion: "POSTGRES_17",
          settings: {
            tier: "db-f1-micro",
            edition: "ENTERPRISE",
            availabilityType: "ZONAL",
            activationPolicy: "ALWAYS",
            dataDiskType: "PD_SSD",
            dataDiskSizeGb: "20",
            storageAutoResize: true,
            deletionProtectionEnabled: true,
            backupConfiguration: { enabled: true },
            ipConfiguration: { ipv4Enabled: true, sslMode: "ENCRYPTED_ONLY", authorizedNetworks: [] },
          },
        },
      },
    ]);
    await cloud.succeed("create", "--tier", "db-f1-micro", "--disk", "20");
    await cloud.succeed("create");
    expect(cloud.api.changes).toHaveLength(1);
  });

  test("brings one that is there to what is asked for, and leaves the rest of it alone", async () => {
    cloud.put(allowing([OTHERS]));
    await cloud.succeed(
      "create",
      "--ssl-mode",
      "TRUSTED_CLIENT_CERTIFICATE_REQUIRED",
      "--protect",
      "on",
      "--disk",
      "30",
    );
    expect(cloud.fleet.settings).toMatchObject({
      tier: "db-f1-micro",
      dataDiskSizeGb: "30",
      deletionProtectionEnabled: true,
      ipConfiguration: { sslMode: "TRUSTED_CLIENT_CERTIFICATE_REQUIRED", authorizedNetworks: [OTHERS] },
    });
    await cloud.refuse(2, /none of Cloud SQL's gets smaller/, "create", "--disk", "20");
    expect(cloud.api.changes).toHaveLength(1);
  });

  test("is done once where its answer is lost, for the operation is found again", async () => {
    cloud.api.fail({ method: INSERT, status: 503, isDone: true });
    const { stderr } = await cloud.succeed("create");
    expect(stderr).toMatch(/Looking again/);
    expect(stderr).toMatch(/create of .*, found under way: done/);
    expect(cloud.api.operations.types).toEqual(["CREATE"]);
  });

  test("of a name that is still taken is refused at once", async () => {
    cloud.api.fail({
      method: INSERT,
      status: 409,
      reason: "instanceAlreadyExists",
      message: "The Cloud SQL instance already exists.",
    });
    await cloud.refuse(3, /refuses that for .*already exists/, "create");
    expect(cloud.api.calls.filter((name) => name === INSERT)).toHaveLength(1);
  });
});

describe("start and stop", () => {
  test("are done once, and send the version of the settings that they saw", async () => {
    cloud.put();
    await cloud.succeed("stop");
    await cloud.succeed("stop");
    expect(cloud.fleet.settings.activationPolicy).toBe("NEVER");
    await cloud.succeed("start");
    expect(cloud.fleet.settings.activationPolicy).toBe("ALWAYS");
    const path = `${INSTANCES}/fleet`;
    expect(cloud.api.changes).toEqual([
      { verb: "PATCH", path, body: { settings: { settingsVersion: "1", activationPolicy: "NEVER" } } },
      { verb: "PATCH", path, body: { settings: { settingsVersion: "2", activationPolicy: "ALWAYS" } } },
    ]);
  });

  test("of an instance that is not there are refused", async () => {
    await cloud.refuse(3, /There is no instance example\.com:shop:us-central1:fleet/, "stop");
    await cloud.refuse(3, /There is no instance/, "status");
  });
});

describe("--dry-run", () => {
  test.each([
    [["create"], `POST URL${INSTANCES}\n{\n  "name": "fleet"`, false],
    [
      ["allow", "203.0.113.7"],
      `PATCH URL${INSTANCES}/fleet\n{\n  "settings": {\n    "settingsVersion": "1",\n    "ipConfiguration"`,
      true,
    ],
    [
      ["stop"],
      `PATCH URL${INSTANCES}/fleet\n{\n  "settings": {\n    "settingsVersion": "1",\n    "activationPolicy": "NEVER"\n  }\n}\n`,
      true,
    ],
    [["start"], "Nothing to ask for: ", true],
    [
      ["destroy", "--final-backup", "7"],
      `DELETE URL${INSTANCES}/fleet?enableFinalBackup=true&finalBackupTtlDays=7\n`,
      true,
    ],
  ])("of %j shows the request, and sends no change", async (words, shown, isThere) => {
    if (isThere) cloud.put();
    const { stdout } = await cloud.succeed(...words, "--dry-run");
    expect(stdout.replaceAll(cloud.api.url, "URL/")).toContain(shown);
    expect(cloud.api.changes).toEqual([]);
  });

  test("shows what is sent: to the byte what the API gets without it", async () => {
    cloud.put();
    const [request] = events(await cloud.succeed("stop", "--dry-run", "--json")).filter(
      ({ event }) => event === "cloud_request",
    );
    await cloud.succeed("stop");
    const [{ verb, path, body } = {}] = cloud.api.changes;
    expect(request).toMatchObject({ method: verb, url: `${cloud.api.url}${path?.slice(1)}`, body });
  });
});

describe("status and cost", () => {
  test("say how the instance is, whom it lets in, what is under way and what that costs", async () => {
    cloud.put({ ...allowing([OTHERS]), tier: "db-custom-2-7680" });
    cloud.api.operations.begin("BACKUP_VOLUME", { project: PROJECT, instance: "fleet" }, () => {});
    const { stdout } = await cloud.succeed("status");
    expect(stdout).toMatch(/state +RUNNABLE/);
    expect(stdout).toMatch(/monthly cost +100\.32 USD \(list price of 20\d\d-\d\d-\d\d\)/);
    expect(stdout).toMatch(/under way +BACKUP_VOLUME/);
    expect(stdout).toMatch(/198\.51\.100\.0\/24 +the office +has no end/);
    const [event] = events(await cloud.succeed("status", "--json")).filter((one) => one.event === "cloud_status");
    expect(event).toMatchObject({
      instance: NAME,
      state: "RUNNABLE",
      networks: [{ network: OTHERS.value, until: null }],
    });
  });

  test("reckon an instance that does not exist yet without asking anybody", async () => {
    const { stdout } = await cloud.succeed("cost", "--tier", "db-f1-micro", "--disk", "20", "--hours", "100");
    expect(stdout).toMatch(/total +10\.75/);
    expect(stdout).toMatch(/Prices of 2024-07-01 \(/);
    expect(cloud.api.calls).toEqual([]);
  });

  test("reckon the one that there is", async () => {
    cloud.put({ tier: "db-g1-small", activationPolicy: "NEVER" });
    expect((await cloud.succeed("cost")).stdout).toMatch(/total +9\.00/);
  });

  test("say where there is no price, and end with 2", async () => {
    const { stdout } = await cloud.refuse(
      2,
      /no price for db-perf-optimized-N-2 \(ENTERPRISE_PLUS\)/,
      "cost",
      "--tier",
      "db-perf-optimized-N-2",
    );
    expect(stdout).toMatch(/total +no price/);
  });
});

describe("a word", () => {
  test.each([
    [[], /Say what to do/],
    [["ping"], /There is no "cloud ping"/],
    [["allow"], /needs a word: NETWORK, or me/],
    [["stop", "it"], /"it" means nothing here/],
    [["allow", "me", "too"], /"too" means nothing here/],
    [["stop", "--tier", "db-f1-micro"], /--tier means nothing to cloud stop/],
    [["allow", "me", "--for", "2y"], /--for needs minutes, hours or days/],
    [["status", "--instance", "fleet"], /--instance needs the name of an instance/],
  ])("too few, too many or strange is refused: %j", async (words, said) => {
    await cloud.refuse(2, said, ...words);
    expect(cloud.api.calls).toEqual([]);
  });

  test("for which instance is missing", async () => {
    cloud.env = { ...cloud.env, SENTINEL_INSTANCE: "", DATABASE_URL: "postgres://ana@127.0.0.1/ota" };
    await cloud.refuse(2, /Nothing says which instance/, "status");
  });

  test("stands in DATABASE_URL", async () => {
    cloud.put();
    cloud.env = { ...cloud.env, SENTINEL_INSTANCE: "", DATABASE_URL: `cloudsql://ana:hunter2@${NAME}/ota` };
    const { stdout, stderr } = await cloud.succeed("status");
    expect(stdout).toContain(NAME);
    expect(stdout + stderr).not.toContain("hunter2");
    const { DATABASE_URL: url = "" } = cloud.env;
    const wrong = await cloud.refuse(2, /no IPv4 network/, "allow", url);
    expect(wrong.stdout + wrong.stderr).not.toContain("hunter2");
  });
});
