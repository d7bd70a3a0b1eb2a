/** Whether a .dockerignore keeps a path from the builder: the last pattern that meets it or a folder above it decides. */
export function isIgnored(patterns: string, file: string): boolean {
  const parts = file.split("/");
  const paths = parts.map((_, at) => parts.slice(0, at + 1).join("/"));
  let ignored = false;
  for (const line of patterns.split("\n").map((text) => text.trim())) {
    if (line === "" || line.startsWith("#")) continue;
    const isBack = line.startsWith("!");
    const pattern = expression(line.slice(isBack ? 1 : 0).replace(/^\/|\/$/g, ""));
    if (paths.some((path) => pattern.test(path))) ignored = !isBack;
  }
  return ignored;
}

function expression(pattern: string): RegExp {
  const text = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*\*\//g, "\u0000")
    .replace(/\*/g, "[^/]*")
    .replace(/\?/g, "[^/]")
    .replaceAll("\u0000", "(?:.*/)?");
  return new RegExp(`^${text}$`);
}
