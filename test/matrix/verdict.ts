/** What became of the tests on one Node and one server. */
export interface Counts {
  readonly exitCode: number | null;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** A row of the table: nothing that did not run is called passed. */
export interface Outcome {
  readonly result: "passed" | "failed" | "skipped";
  readonly why: string;
}

/** @param counts undefined where the tests told nothing. */
export function verdict(counts: Counts | undefined, log: string): Outcome {
  if (!counts) return { result: "failed", why: `no word of the tests, see ${log}` };
  const { exitCode, passed, failed, skipped } = counts;
  if (failed > 0) return { result: "failed", why: `${failed} of ${passed + failed} tests, see ${log}` };
  if (exitCode !== 0) return { result: "failed", why: `exit ${exitCode} outside of a test, see ${log}` };
  if (passed === 0) return { result: "skipped", why: "no test ran" };
  return { result: "passed", why: `${passed} tests${skipped > 0 ? `, ${skipped} more were skipped` : ""}` };
}

export const skipped = (why: string): Outcome => ({ result: "skipped", why });
