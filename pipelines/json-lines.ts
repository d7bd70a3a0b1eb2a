/** A text of JSON, taken apart into its marks and its texts, numbers and words, each with the place where it begins. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+/g;

type Path = readonly (string | number)[];

/**
 * Line, from 1, at which a value of a JSON text begins, or what surrounds it where it is not there: where a person has to look.
 * @param text valid JSON.
 */
export function lineAt(text: string, path: Path): number {
  const tokens = [...text.matchAll(TOKEN)];
  let next = 0;
  let place = 0;
  /** Reads a value; notes where it, or the last of its parents that is there, begins. */
  const read = (rest: Path | undefined): void => {
    const token = tokens[next++];
    if (!token) return;
    if (rest) place = token.index;
    const [mark] = token;
    if (mark !== "{" && mark !== "[") return;
    for (let no = 0; ; no++) {
      const first = tokens[next]?.[0];
      if (first === undefined || first === "}" || first === "]") break;
      if (first === ",") next++;
      let key: string | number = no;
      if (mark === "{") {
        key = JSON.parse(tokens[next]?.[0] ?? '""') as string;
        next += 2;
      }
      read(rest && rest.length > 0 && rest[0] === key ? rest.slice(1) : undefined);
    }
    next++;
  };
  read(path);
  return lineOf(text, place);
}

/** Line, from 1, of what makes a text no JSON: the engine tells its place, or quotes it; undefined where it does neither. */
export function lineOfSyntaxError(text: string, { message }: SyntaxError): number | undefined {
  const [, position] = /at position (\d+)/.exec(message) ?? [];
  if (position !== undefined) return lineOf(text, Number(position));
  if (/Unexpected end/.test(message)) return lineOf(text, text.length);
  const [, mark = "", before = ""] = /^Unexpected token '(.+?)', (?:\.\.\.)?"([\s\S]*)/.exec(message) ?? [];
  // Of the text around it the engine quotes some characters on both sides.
  const quoted = before.replace(/"?(?:\.\.\.)? is not valid JSON$/, "");
  const place = quoted === "" ? -1 : text.indexOf(quoted);
  return place < 0 ? undefined : lineOf(text, place + quoted.lastIndexOf(mark));
}

const lineOf = (text: string, place: number): number => text.slice(0, place).split("\n").length;
