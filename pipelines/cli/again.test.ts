import { expect, it } from "vitest";
import { commandLine, resumeCommand } from "./again.ts";

it("repeats what was asked for, and --resume", () => {
  const options = { devices: 2000, faultRate: 0.05, noSite: true, json: true, replace: true };
  expect(resumeCommand("pipeline", options)).toBe(
    "npm run pipeline -- --devices 2000 --fault-rate 0.05 --no-site --resume",
  );
});

it("writes a command in the order given, and leaves out how it prints", () => {
  expect(commandLine("corrupt", { undo: true, campaign: "north sea", quiet: true })).toBe(
    "npm run corrupt -- --undo --campaign 'north sea'",
  );
});

it("quotes what a shell would take apart", () => {
  expect(resumeCommand("generate", { from: "my fleet's.csv" })).toBe(
    "npm run generate -- --from 'my fleet'\\''s.csv' --resume",
  );
});

it("shows no password", () => {
  expect(resumeCommand("recover", { databaseUrl: "postgres://me:secret@host/db" })).toBe(
    'npm run recover -- --database-url "$DATABASE_URL" --resume',
  );
});

it("has what does all or nothing begin anew, with what it was to replace", () => {
  expect(resumeCommand("import", { from: "backups/spring", replace: true, json: true })).toBe(
    "npm run import -- --from backups/spring --replace",
  );
});

it("has validate start over, since it keeps nothing half done", () => {
  expect(resumeCommand("validate", {})).toBe("npm run validate");
});
