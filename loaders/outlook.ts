import type { Policy } from "../pipelines/domain/policy.ts";
import type { Assumptions } from "../pipelines/domain/roi.ts";
import { groundOf, WHAT_IF_NUMBERS } from "../pipelines/domain/what-if.ts";

/** What else might have been, and what it is worth: the policy that decides, and what the return is reckoned by. */
export interface OutlookInputs {
  readonly policyName: string;
  readonly policy: Policy | undefined;
  readonly roi: Assumptions;
}

/** Both as JSON, by the names that `reference/outlook.sql` gives them. */
export function outlookVariables({ policyName, policy, roi }: OutlookInputs): Readonly<Record<string, string>> {
  const ground = policy ? groundOf(policy) : `There is no policy of this name in data/policy.`;
  const isTried = typeof ground !== "string";
  const reason = isTried ? null : ground;
  const { steps, asked, models } = isTried ? ground : { steps: [], asked: [], models: [] };
  return {
    policy: JSON.stringify({ file: policyName, document: JSON.stringify(policy ?? null), reason }),
    what_if_steps: JSON.stringify(steps),
    what_if_codes: JSON.stringify(
      asked.map(({ error_code, fields }) => ({
        error_code,
        ...Object.fromEntries(WHAT_IF_NUMBERS.map((field) => [field, fields.includes(field)])),
      })),
    ),
    what_if_models: JSON.stringify(models.map((model) => ({ model }))),
    roi: JSON.stringify({ name: roi.name, version: roi.version, currency: roi.currency }),
    roi_assumptions: JSON.stringify(roi.assumptions.map((one, no) => ({ ...one, ordinal: no + 1 }))),
  };
}
