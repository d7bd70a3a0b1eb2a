/** Fields of COPY's text format written from bytes to bytes, without a text on the way. */

const BACKSLASH = 92;
const ZERO = 48;
/** By byte: what stands for it behind a backslash; 0 where it stands for itself. */
const LETTERS = new Uint8Array(256);
for (const [byte, letter] of Object.entries({ "\t": "t", "\n": "n", "\r": "r", "\\": "\\" })) {
  LETTERS[byte.charCodeAt(0)] = letter.charCodeAt(0);
}

/** Writes what stands between two places, escaped: two bytes for each at most. Returns the place behind it. */
export function putEscaped(bytes: Uint8Array, from: number, to: number, into: Uint8Array, begin: number): number {
  let at = begin;
  for (let no = from; no < to; no++) {
    const byte = bytes[no] as number;
    const letter = LETTERS[byte] as number;
    if (letter !== 0) into[at++] = BACKSLASH;
    into[at++] = letter === 0 ? byte : letter;
  }
  return at;
}

/** Writes a number in decimal digits. Returns the place behind it. */
export function putDigits(value: number, into: Uint8Array, begin: number): number {
  let digits = 1;
  for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) digits++;
  let rest = value;
  for (let place = begin + digits - 1; place >= begin; place--) {
    const less = Math.floor(rest / 10);
    into[place] = ZERO + rest - 10 * less;
    rest = less;
  }
  return begin + digits;
}
