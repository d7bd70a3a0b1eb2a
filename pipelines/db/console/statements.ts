/** Whole statements, and the beginning of one that is still open. */
export interface Statements {
  readonly complete: readonly string[];
  readonly open: string;
}

/** Anything within which a semicolon ends nothing: strings, names, dollar quotes and comments; else one character. */
const TOKEN = /'(?:[^']|'')*'|"[^"]*"|(\$(?:[A-Za-z_]\w*)?\$)[\s\S]*?\1|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/|[\s\S]/gy;
const UNCLOSED = /^(?:'|"|\$(?:[A-Za-z_]\w*)?\$|\/\*)/;

/** Cuts SQL at the semicolons that end a statement. */
export function splitStatements(text: string): Statements {
  const complete: string[] = [];
  let start = 0;
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    // A quote that matched as a single character has no end yet: the rest belongs to it.
    if (token.length === 1 && UNCLOSED.test(text.slice(index, index + 66))) break;
    if (token !== ";") continue;
    complete.push(text.slice(start, index + 1).trim());
    start = index + 1;
  }
  return { complete: complete.filter((statement) => statement !== ";"), open: text.slice(start).trim() };
}
