import { readdirSync, readFileSync } from "node:fs";

/** What Linux tells of processes and threads below /proc. Elsewhere all of it is undefined or empty. */

/** The kernel's unit of processor time in /proc: USER_HZ, 100 on every architecture that Node runs on. */
const TICKS_A_SECOND = 100;
/** Fields of `stat` behind the name of the program, from 0. */
const FIELD = { parent: 1, user: 11, system: 12, childrenUser: 13, childrenSystem: 14 } as const;

interface ProcessTimes {
  readonly parent: number;
  /** Seconds of processor time, and of its children that have ended. */
  readonly own: number;
  readonly children: number;
}

export function processTimes(pid: number | "self"): ProcessTimes | undefined {
  const text = read(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const ticks = (...names: (keyof typeof FIELD)[]): number =>
    names.reduce((sum, name) => sum + Number(fields[FIELD[name]]), 0) / TICKS_A_SECOND;
  return {
    parent: Number(fields[FIELD.parent]),
    own: ticks("user", "system"),
    children: ticks("childrenUser", "childrenSystem"),
  };
}

/** Name of the program that a process runs. */
export function programOf(pid: number): string | undefined {
  return read(`/proc/${pid}/comm`)?.trim();
}

/** Seconds of processor time of a process, of its children, and of those of them that have ended. Once told, it never falls. */
export function familySeconds(pid: number): number | undefined {
  for (;;) {
    const before = processTimes(pid);
    const children = numbersIn("/proc").map(processTimes);
    const parent = processTimes(pid);
    if (!parent) return undefined;
    // A child that ended between the two looks would be counted with both.
    if (parent.children !== before?.children) continue;
    const living = children.reduce((sum, times) => sum + (times?.parent === pid ? times.own : 0), 0);
    // In whole ticks, lest the difference of two equal times be a little below none.
    return Math.round((parent.own + parent.children + living) * TICKS_A_SECOND) / TICKS_A_SECOND;
  }
}

/** The largest resident set that a process ever had, in bytes. */
export function peakBytes(pid: number | "self"): number | undefined {
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`) ?? "")?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

/** Processes that a process has started and that still run, with theirs. */
export function descendants(pid: number): number[] {
  const children = numbersIn(`/proc/${pid}/task`).flatMap((thread) =>
    (read(`/proc/${pid}/task/${thread}/children`) ?? "").split(" ").filter(Boolean).map(Number),
  );
  return children.flatMap((child) => [child, ...descendants(child)]);
}

/** The threads of this process. */
export function threads(): number[] {
  return numbersIn("/proc/self/task");
}

/** Seconds that a thread of this process was on a processor. */
export function threadSeconds(thread: number): number | undefined {
  const nanoseconds = read(`/proc/self/task/${thread}/schedstat`)?.split(" ")[0];
  return nanoseconds === undefined ? undefined : Number(nanoseconds) / 1e9;
}

function numbersIn(folder: string): number[] {
  try {
    return readdirSync(folder).map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

/** A process may end while it is looked at. */
function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
