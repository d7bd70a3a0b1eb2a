import type { Conditional } from "./condition.ts";
import { FIELD_ORDER } from "./judge.ts";
import { holds, type Predicate } from "./predicate.ts";
import { decisive, type Finding, type RuleSet } from "./rules.ts";
import type { RuleField } from "./vocabulary.ts";

type Report = Readonly<Record<RuleField, string | null>>;

/** Whether a rule applies as docs/rules.md tells it: with the bounds of the device's model where it names that one. */
export function applies({ field, test, and = [], by_model = {} }: Conditional, report: Report): boolean {
  const { model } = report;
  const own = model !== null && Object.hasOwn(by_model, model) ? by_model[model] : {};
  return (
    holds({ ...test, ...own } as Predicate, report[field]) && and.every((one) => holds(one.test, report[one.field]))
  );
}

/** Findings by rules that are asked one by one, without cases, classes or states. */
export const askedOneByOne = (rules: RuleSet, report: Report): Finding[] =>
  FIELD_ORDER.flatMap((field) => {
    const broken = decisive(rules).find((rule) => rule.field === field && applies(rule, report));
    return broken ? [{ rule: broken.id, field, raw: report[field] }] : [];
  });
