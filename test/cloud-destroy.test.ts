import { describe, expect, test } from "vitest";
import { CloudFixture, INSTANCES, PROJECT } from "./support/cloud/fixture.ts";

const cloud = new CloudFixture();

describe("destroy", () => {
  test("wants to be meant: a word on backups, --yes, and --force where the instance is protected", async () => {
    cloud.put({ deletionProtectionEnabled: true });
    await cloud.refuse(2, /Say what becomes of the data/, "destroy", "--yes");
    await cloud.refuse(2, /Say what becomes of the data/, "destroy", "--yes", "--no-backup", "--final-backup", "3");
    await cloud.refuse(2, /would delete .*\n.*--dry-run[\s\S]*--yes/, "destroy", "--no-backup");
    await cloud.refuse(2, /is protected from being deleted/, "destroy", "--no-backup", "--yes");
    expect(cloud.api.changes).toEqual([]);
    await cloud.succeed("destroy", "--no-backup", "--yes", "--force");
    expect(cloud.api.operations.types).toEqual(["UPDATE", "DELETE"]);
    expect(cloud.api.instances.all.size).toBe(0);
  });

  test("goes down to nothing that costs, kept backups too, proves it by looking, and leaves others alone", async () => {
    cloud.put({ retainBackupsOnDelete: true });
    cloud.put({}, "other");
    for (const type of ["AUTOMATED", "ON_DEMAND"] as const) cloud.api.instances.addBackup(PROJECT, "fleet", type);
    cloud.api.instances.addBackup(PROJECT, "other", "AUTOMATED");
    const { stdout } = await cloud.succeed("destroy", "--no-backup", "--yes");
    expect(stdout).toContain("no instance, no backup. Nothing of it costs anything any more.");
    expect(cloud.api.instances.backups.map(({ instance }) => instance)).toEqual(["other"]);
    expect([...cloud.api.instances.all.keys()]).toEqual(["other"]);
    const again = await cloud.succeed("destroy", "--no-backup", "--yes");
    expect(again.stdout).toContain("no instance, no backup");
    expect(cloud.api.operations.types).toEqual(["DELETE", "DELETE_BACKUP", "DELETE_BACKUP"]);
  });

  test("with a last backup names it, and what it costs", async () => {
    cloud.put();
    const { stdout } = await cloud.succeed("destroy", "--final-backup", "30", "--yes");
    expect(stdout).toMatch(
      /What is left, and costs:[\s\S]*projects\/example\.com:shop\/backups\/1 +FINAL +2000\.0 MB +0\.16/,
    );
    expect(cloud.api.changes).toEqual([
      { verb: "DELETE", path: `${INSTANCES}/fleet?enableFinalBackup=true&finalBackupTtlDays=30`, body: undefined },
    ]);
  });

  test("is done once, whatever answers are lost", async () => {
    cloud.put({ retainBackupsOnDelete: true });
    cloud.api.instances.addBackup(PROJECT, "fleet", "AUTOMATED");
    cloud.api.fail({ method: "SqlInstancesService.Delete", status: 503, isDone: true });
    cloud.api.fail({ method: "SqlBackupsService.DeleteBackup", status: 503, isDone: true });
    await cloud.succeed("destroy", "--no-backup", "--yes");
    expect(cloud.api.operations.types).toEqual(["DELETE", "DELETE_BACKUP"]);
  });

  test("fails where something is left that should not be", async () => {
    cloud.put();
    cloud.api.before("SqlBackupsService.ListBackups", () => {
      cloud.api.before(
        "SqlBackupsService.ListBackups",
        () => void cloud.api.instances.addBackup(PROJECT, "fleet", "ON_DEMAND"),
      );
    });
    await cloud.refuse(3, /there is still 1 backup\(s\), which costs/, "destroy", "--no-backup", "--yes");
  });
});
