import { beforeEach, describe, expect, test } from "vitest";
import { CloudFixture, PROJECT } from "./support/cloud/fixture.ts";

const PATCH = "SqlInstancesService.Patch";
const cloud = new CloudFixture();

describe("what Google answers", () => {
  beforeEach(() => void cloud.put());

  test.each([
    [429, "rateLimitExceeded", "Quota exceeded for quota metric"],
    [409, "operationInProgress", "another operation was already in progress"],
    [412, "staleData", "Condition does not match"],
    [500, "internalError", "Internal error"],
    [503, "backendError", "Backend unavailable"],
  ])("%i %s passes, and is told", async (status, reason, message) => {
    cloud.api.fail({ method: PATCH, status, reason, message }, 2);
    const { stderr } = await cloud.succeed("stop");
    expect(stderr).toContain(message);
    expect(cloud.fleet.settings.activationPolicy).toBe("NEVER");
    expect(cloud.api.operations.types).toEqual(["UPDATE"]);
  });

  test("to a question is asked for again too", async () => {
    cloud.api.fail({ method: "SqlInstancesService.Get", status: 503 });
    cloud.api.fail({ method: "SqlOperationsService.Get", status: 429 });
    cloud.api.fail({ method: "SqlOperationsService.List", status: 500 });
    await cloud.succeed("stop");
    expect(cloud.api.operations.types).toEqual(["UPDATE"]);
  });

  test("with a change that was made, and the answer lost, is not asked for twice", async () => {
    cloud.api.fail({ method: PATCH, status: 503, isDone: true });
    await cloud.succeed("stop");
    expect(cloud.api.operations.types).toEqual(["UPDATE"]);
  });

  test("with a right that is missing is told with the role", async () => {
    cloud.api.fail({ method: PATCH, status: 403, reason: "notAuthorized", message: "The client is not authorized" });
    await cloud.refuse(3, /may not do that with .*not authorized\.\n.*roles\/cloudsql\.admin/, "stop");
  });

  test("with an operation that fails is told with its error, and nothing was changed", async () => {
    cloud.api.operations.next({ type: "UPDATE", error: { code: "RESOURCE_EXHAUSTED", message: "no machine is free" } });
    await cloud.refuse(3, /could not end it \(stop\): RESOURCE_EXHAUSTED: no machine is free/, "stop");
    expect(cloud.fleet.settings.activationPolicy).toBe("ALWAYS");
    await cloud.succeed("stop");
  });

  test("with an operation of somebody else is waited for, whether or not it fails", async () => {
    cloud.api.operations.next({ type: "MAINTENANCE", asks: 3, error: { code: "UNKNOWN", message: "it went wrong" } });
    cloud.api.operations.begin("MAINTENANCE", { project: PROJECT, instance: "fleet" }, () => {});
    const { stderr } = await cloud.succeed("stop");
    expect(stderr).toMatch(/maintenance of .*, found under way: .*it went wrong/);
    expect(cloud.api.operations.types).toEqual(["MAINTENANCE", "UPDATE"]);
  });

  test("slowly can be interrupted, and is found again by the same command", async () => {
    cloud.api.operations.next({ type: "UPDATE", asks: 10_000 });
    const first = cloud.begin("stop");
    await first.says("stop: asked for");
    first.signal("SIGINT");
    const { code, stderr } = await first.ended;
    expect(stderr).toMatch(/What Cloud SQL has begun goes on there\.\n.*\n {2}npm run cloud -- stop/);
    expect(code).toBe(130);
    const second = cloud.begin("stop");
    await second.says("Cloud SQL is played");
    cloud.api.operations.hurry();
    const end = await second.ended;
    expect(end.stderr).toMatch(/update of .*, found under way: done/);
    expect(end.code).toBe(0);
    expect(cloud.api.operations.types).toEqual(["UPDATE"]);
  });
});
