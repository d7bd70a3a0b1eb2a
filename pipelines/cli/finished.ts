import { channel } from "node:diagnostics_channel";

/**
 * Says that this process or thread has done what it was asked for: what V8 compiled on the way is worth keeping now, which ../warm.cjs does.
 * A thread has no later moment: it is ended from outside, and does not learn of it.
 */
export function finished(): void {
  channel("sentinel:finished").publish(undefined);
}
