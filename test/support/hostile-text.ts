/** Markup that would run if it ever became a part of a page. */
export const HOSTILE = `"><img src=x onerror="window.pwned=1"></script><script>window.pwned=1</script>`;

/** A formula that starts a program where a spreadsheet believes it. */
export const FORMULA = "=cmd|'/c calc'!A0";

/** What a device, an import or a person could put where a name is expected, to do harm wherever it is shown or saved. */
export const HOSTILE_TEXTS: readonly string[] = [
  HOSTILE,
  FORMULA,
  "<svg onload=window.pwned=1>",
  "javascript:window.pwned=1",
  `\${window.pwned=1}`,
  "{{constructor.constructor('window.pwned=1')()}}",
  "\u202egnp.exe",
  "zero\u200bwidth\u2060",
  "]]><u>out</u>",
  "--><u>out</u>",
  "__proto__",
  "constructor",
  "+1+1",
  "-1+1",
  "@SUM(1+1)",
  "\t=1+1",
  "\r=1+1",
  "\uff1d1+1",
];
