import { fieldName } from "./format.js";
import type { TriageItem } from "./rows.js";
import { visible } from "./visible.js";

/** A value that a rule proposes instead of the one that counts. */
export interface Proposed {
  readonly field: string;
  readonly rule: string;
  readonly from: string | null;
  readonly to: string;
}

/** What the rules propose for a device, field by field. */
export const proposedFor = ({ proposed }: TriageItem): readonly Proposed[] =>
  proposed === null ? [] : JSON.parse(proposed);

/** 12650 → 12.65, every character of it to be seen. */
export const change = ({ from, to }: Proposed): string => `${visible(from)} → ${visible(to)}`;

/** All that is proposed for a device: of another field than the one that the list is about, its name too. */
export const changes = (item: TriageItem): string =>
  proposedFor(item)
    .map((one) => (one.field === item.field ? change(one) : `${fieldName(one.field)} ${change(one)}`))
    .join(", ");
