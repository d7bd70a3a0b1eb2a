import { type Conditional, checkRuleFile, Misfit } from "./condition.ts";
import { POLICY_ACTIONS, type PolicyAction } from "./vocabulary.ts";

/** How long to wait before a retry: `base_minutes` after the first attempt, twice as long after each further one, never above `cap_minutes`. */
export interface Backoff {
  readonly base_minutes: number;
  readonly cap_minutes: number;
}

/** One line of a policy: when its conditions hold, take the action. */
export interface PolicyRule extends Conditional {
  readonly action: PolicyAction;
  /** Of a retry: not at once, but later. */
  readonly backoff?: Backoff;
  /** Of a retry: it does not count as an attempt, since the device never came to its turn. */
  readonly free?: boolean;
  /** Of a rollback: no update of this rollout is tried again. */
  readonly final?: boolean;
}

/** The ordered rules that choose an action for a device without findings. The last one always matches. */
export interface Policy {
  readonly name: string;
  readonly version: number;
  readonly rules: readonly PolicyRule[];
}

/** What a line of a policy comes to, in a word: retried now or later, rolled back to try again another time, or for good. */
export type Fate = "retry" | "defer" | "rollback" | "never";

export function fateOf({ action, backoff, final = false }: PolicyRule): Fate {
  if (action === "RETRY_UPDATE") return backoff ? "defer" : "retry";
  return final ? "never" : "rollback";
}

/** Checks a policy that came from a file. @throws Misfit where and how it is wrong. */
export function parsePolicy(value: unknown): Policy {
  checkRuleFile<PolicyRule>(value, "a policy", ["action", "backoff", "free", "final"], checkLine);
  const last = value.rules.at(-1);
  if (last?.test.kind !== "any" || last.and !== undefined)
    throw new Misfit(
      ["rules", Math.max(0, value.rules.length - 1)],
      'the last rule must always match: give it the test {"kind": "any"}',
    );
  return value;
}

function checkLine({ action, backoff, free, final }: PolicyRule, at: readonly (string | number)[]): void {
  if (!POLICY_ACTIONS.includes(action))
    throw new Misfit([...at, "action"], `"action" must be one of ${POLICY_ACTIONS.join(", ")}`);
  for (const [key, flag] of Object.entries({ free, final }))
    if (flag !== undefined && typeof flag !== "boolean")
      throw new Misfit([...at, key], `"${key}" must be true or false`);
  const retries = action === "RETRY_UPDATE";
  if (!retries && (backoff !== undefined || free !== undefined))
    throw new Misfit(at, '"backoff" and "free" belong to RETRY_UPDATE');
  if (retries && final !== undefined) throw new Misfit([...at, "final"], '"final" belongs to FORCE_ROLLBACK');
  if (backoff !== undefined && !isBackoff(backoff))
    throw new Misfit([...at, "backoff"], '"backoff" needs "base_minutes" and "cap_minutes", numbers above 0');
}

function isBackoff(value: unknown): value is Backoff {
  const { base_minutes: base, cap_minutes: cap } = (value ?? {}) as Partial<Backoff>;
  return Number.isFinite(base) && Number.isFinite(cap) && (base as number) > 0 && (cap as number) >= (base as number);
}
