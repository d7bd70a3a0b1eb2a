import { isOutOfMemory } from "./engine.ts";

/**
 * What DuckDB may use before it spills to disk, in the order in which it is tried. With the first ten million devices stay below 400 MB of the process; a hundred million need the last.
 */
export const LIMITS = ["90MB", "400MB", "2GB"] as const;

/**
 * Makes something with as little memory as does.
 * @param limits in the order in which they are tried: the next where one does not do.
 * @param onMore hears of each that did not.
 * @throws whatever `make` throws, of the last limit want of memory too.
 */
export async function withEnoughMemory<T>(
  [limit, ...more]: readonly [string, ...string[]],
  make: (limit: string) => Promise<T>,
  onMore: (limit: string, next: string) => void,
): Promise<T> {
  try {
    return await make(limit);
  } catch (error) {
    const [next, ...rest] = more;
    if (next === undefined || !isOutOfMemory(error)) throw error;
    onMore(limit, next);
    return withEnoughMemory([next, ...rest], make, onMore);
  }
}
