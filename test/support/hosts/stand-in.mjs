#!/usr/bin/env node
// Stands in for `aws` and `gcloud`: knows their filters and nothing else of them, and copies into the folder BUCKETS, with what an
// upload says of a file beside it. An argument that it does not know is an error.
import fs from "node:fs";
import path from "node:path";

const [tool] = [path.basename(process.argv[1])];
const [, , ...given] = process.argv;
const words = given.filter((word) => !word.startsWith("--"));
const KNOWN =
  /^--(recursive|only-show-errors|delete|size-only|checksums-only|delete-unmatched-destination-objects|content-type|cache-control|exclude|include)(=|$)/;
const unknown = given.filter((word) => word.startsWith("--") && !KNOWN.test(word));
if (unknown.length > 0) throw new Error(`${tool} stand-in: ${unknown.join(" ")}`);

const filters = given.flatMap((word, at) => (/^--(in|ex)clude$/.test(word) ? [[word, given[at + 1]]] : []));
const valued = (name) => {
  const at = given.indexOf(`--${name}`);
  return at >= 0 ? given[at + 1] : given.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3);
};
const glob = (pattern) =>
  new RegExp(`^${pattern.replaceAll(/[.+?^$()|{}[\]\\]/g, "\\$&").replaceAll("*", ".*")}$`, "s");
/** Of the first, the last filter that matches decides; of the second, whatever its one expression matches is left out. */
const isTaken = (name) =>
  tool === "aws"
    ? filters.reduce((taken, [kind, pattern]) => (glob(pattern).test(name) ? kind === "--include" : taken), true)
    : !(valued("exclude") && new RegExp(valued("exclude")).test(name));

const [from, to] = words.filter((word) => word.startsWith("/") || /^(s3|gs):\/\//.test(word));
const target = path.join(process.env.BUCKETS, to.replace(/^(s3|gs):\/\//, ""));
const metaFile = path.join(process.env.BUCKETS, "meta.json");
const meta = fs.existsSync(metaFile) ? JSON.parse(fs.readFileSync(metaFile, "utf8")) : {};
const names = fs
  .readdirSync(from, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => path.relative(from, path.join(entry.parentPath, entry.name)));

if (given.includes("--delete") || given.includes("--delete-unmatched-destination-objects")) {
  for (const file of Object.keys(meta)) {
    if (!file.startsWith(`${target}/`) || names.includes(path.relative(target, file))) continue;
    fs.rmSync(file);
    delete meta[file];
  }
} else {
  for (const name of names.filter(isTaken)) {
    const file = path.join(target, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.copyFileSync(path.join(from, name), file);
    const uploads = (meta[file]?.uploads ?? 0) + 1;
    meta[file] = { type: valued("content-type"), cache: valued("cache-control"), uploads };
  }
}
fs.writeFileSync(metaFile, JSON.stringify(meta));
