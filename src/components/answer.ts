import type { Change } from "./answers/change.js";
import { element } from "./element.js";
import { moment } from "./format.js";
import type { Campaign } from "./rows.js";
import { visible } from "./visible.js";

/** What a page answers before it shows anything: one sentence, and what stands behind it. */
export interface Answer {
  readonly headline: string;
  readonly detail: string;
}

/** The answer in large type, what changed since the run before if that is told, and which campaign at which moment it is about. */
export function answer(
  { headline, detail }: Answer,
  campaign: Campaign | undefined,
  change?: Change | undefined,
): HTMLElement {
  return element(
    "div",
    { class: "answer" },
    element("p", { class: "headline" }, whole(headline)),
    detail ? element("p", { class: "lede" }, detail) : null,
    change ? element("p", { class: "change" }, element("strong", {}, `Since ${change.since}: `), change.said) : null,
    campaign ? element("p", { class: "dateline" }, dateline(campaign), runsLink()) : null,
  );
}

/** A headline whose names with dashes, as those of campaigns, are not broken at them. */
const whole = (headline: string): (string | HTMLElement)[] =>
  headline.split(/(?<= )/).map((word) => (word.includes("-") ? element("span", { class: "whole" }, word) : word));

/** Where other campaigns are, unless this is the page. The navigation knows the way there from a page in a folder. */
function runsLink(): HTMLElement | null {
  const known = document.querySelector('#observablehq-header nav a[href$="runs.html"]');
  if (known?.hasAttribute("aria-current")) return null;
  const href = known?.getAttribute("href") ?? "./runs.html";
  return element("span", { class: "in-site" }, " · ", element("a", { class: "runs-link", href }, "compare runs"));
}

const dateline = ({ title, source, source_file, taken_at }: Campaign): string =>
  [
    visible(title),
    ...(source === "generated" ? ["generated fleet, a stress case and no measurement"] : []),
    ...(source_file ? [visible(source_file)] : []),
    `as of ${moment(taken_at)}`,
  ].join(" · ");
