import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** A process that cannot be mistaken for a later one with the same number. */
export interface ProcessId {
  readonly pid: number;
  /** When it started, in whatever unit the system counts; "" where the system doesn't tell. */
  readonly started: string;
}

/** The live process of this number, or undefined. A zombie is not alive. */
export function identify(pid: number): ProcessId | undefined {
  if (!Number.isInteger(pid) || pid <= 0 || !answers(pid)) return undefined;
  if (process.platform === "linux") return fromProc(pid);
  if (process.platform === "win32") return { pid, started: "" };
  const started = ps(pid, "lstart=");
  return started === "" ? undefined : { pid, started: started.replace(/\W+/g, "") };
}

export function isLive(known: ProcessId): boolean {
  const now = identify(known.pid);
  return now !== undefined && (now.started === known.started || now.started === "" || known.started === "");
}

let own: ProcessId | undefined;

export function ownProcess(): ProcessId {
  own ??= identify(process.pid) ?? { pid: process.pid, started: "" };
  return own;
}

/** The command line of a process, its words separated by NUL where the system keeps them apart, else by spaces. */
export function commandLine(pid: number): string {
  if (process.platform !== "linux") return process.platform === "win32" ? "" : ps(pid, "command=");
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

function answers(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function fromProc(pid: number): ProcessId | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // proc(5): the name, field 2, may hold spaces and brackets; the state is field 3, the start time field 22.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" || fields[0] === "X" ? undefined : { pid, started: fields[19] ?? "" };
  } catch (error) {
    // Mounted with hidepid, /proc hides the processes of others.
    return (error as NodeJS.ErrnoException).code === "ESRCH" || !answers(pid) ? undefined : { pid, started: "" };
  }
}

function ps(pid: number, column: string): string {
  try {
    return execFileSync("ps", ["-o", column, "-p", String(pid)], { encoding: "utf8", stdio: "pipe" }).trim();
  } catch {
    return "";
  }
}
