import type { ReportedStatus } from "../domain/vocabulary.ts";

const BLANK = 32;
const SMALL = 0x20;
const SUCCESS = Buffer.from("success");
const PARTIAL = Buffer.from("partial");

/**
 * The status that stands in these bytes, in any case and with blanks around it; nothing where it is no such word. A blank is what Unicode
 * calls a space.
 */
export function statusIn(bytes: Buffer, from: number, to: number): ReportedStatus | undefined {
  let [begin, end] = [from, to];
  while (begin < end && bytes[begin] === BLANK) begin++;
  while (end > begin && bytes[end - 1] === BLANK) end--;
  if (isWord(bytes, begin, end, SUCCESS)) return "Success";
  if (isWord(bytes, begin, end, PARTIAL)) return "Partial";
  if (end - begin <= SUCCESS.length) return undefined;
  const text = bytes.toString("utf8", begin, end);
  const plain = text.replaceAll(/^\p{Zs}+|\p{Zs}+$/gu, "");
  if (plain.length === text.length) return undefined;
  const known = Buffer.from(plain);
  return statusIn(known, 0, known.length);
}

function isWord(bytes: Buffer, from: number, to: number, word: Buffer): boolean {
  if (to - from !== word.length) return false;
  for (let at = 0; at < word.length; at++) if (((bytes[from + at] as number) | SMALL) !== word[at]) return false;
  return true;
}

const NO_BLANK = /[^\p{Zs}]/u;

/** Whether there is nothing but blanks between two places. */
export function isBlank(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const byte = bytes[at] as number;
    if (byte === BLANK) continue;
    return byte > 127 && !NO_BLANK.test(bytes.toString("utf8", at, to));
  }
  return true;
}
