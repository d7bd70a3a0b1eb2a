/** Characters that would not show, or would show other characters in another order. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]/gu;

/** A reported value so that a person sees every character of it: hidden ones by their number, nothing as a word. */
export function visible(raw: string | null | undefined): string {
  if (raw === null || raw === undefined) return "nothing";
  if (raw === "") return "empty text";
  return raw.replaceAll(
    HIDDEN,
    (character) => `⟨U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}⟩`,
  );
}

/** A word for a POSIX shell that means exactly the text; undefined where hidden characters make that unsafe to paste. */
export function shellWord(text: string): string | undefined {
  if (text.search(HIDDEN) >= 0) return undefined;
  return /^[\w.:@/-]+$/.test(text) && !text.startsWith("-") ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
