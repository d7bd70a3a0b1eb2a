import { EXIT, SentinelError } from "../cli/errors.ts";

const LONGEST_TITLE = 120;
const LONGEST_FILE = 60;
/** What Markdown, HTML or Framework could take for something else than a letter. */
const SPECIAL = /[&<>`*_[\]{}()$\\#|~!^=+"'-]/g;

/** A question on one line. @throws SentinelError exit 2, where it has no letter, or what no heading has. */
export function titleOf(text: string): string {
  const title = text.normalize("NFC").replaceAll(/\s+/g, " ").trim();
  if (title === "") throw refused("A notebook needs its question.", 'npm run new -- notebook "why is India slow?"');
  if (title.length > LONGEST_TITLE || /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}]/u.test(title))
    throw refused(
      `The question is more than ${LONGEST_TITLE} characters, or has some that do not show.`,
      'npm run new -- notebook "why is India slow?"',
    );
  return title.charAt(0).toUpperCase() + title.slice(1);
}

/** A title as a heading of Markdown that is read as it was written, whatever is in it. */
export const headingOf = (title: string): string =>
  title.replaceAll(SPECIAL, (character) => `&#${character.charCodeAt(0)};`);

/** The name of a notebook's file, without its ending: letters of ASCII and digits, with dashes between words. */
export function fileNameOf(title: string): string {
  const name = title
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, LONGEST_FILE)
    .replaceAll(/^-+|-+$/g, "");
  if (name !== "" && name !== "index") return name;
  throw refused(`"${title}" gives no name for a file.`, 'npm run new -- notebook "why is India slow?"');
}

/** @throws SentinelError exit 2, where a mart can't be called so. */
export function martNameOf(text: string): string {
  if (/^(?!stg_|int_|ref_)[a-z][a-z0-9_]{2,39}$/.test(text)) return text;
  throw refused(
    `A mart's name is 3 to 40 small letters, digits and underscores, without stg_, int_ or ref_ before it; it got "${text}".`,
    "npm run new -- mart signal_failure",
  );
}

export const refused = (cause: string, command: string): SentinelError =>
  new SentinelError({ exitCode: EXIT.usage, cause, remedy: "For example:", command });
