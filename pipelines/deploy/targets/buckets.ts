import { type FileGroup, fileGroups } from "../file-groups.ts";
import { notFoundPage } from "../not-found.ts";
import type { BuiltSite, Ready, Target } from "../target.ts";

const NOTES = [
  "What else lies in the bucket below the base is removed: give the report a base of its own, or a bucket.",
  "A bucket sends no headers of ours: the policy in each page holds, but who may frame a page is for what stands before the bucket (docs/publish.md).",
];

/** The head of a script that copies the folder beside it into a bucket, below the base. */
const head = (store: string, base: string): string => `#!/bin/sh
# Copies the folder beside this script to ${store}, with the type and the cache rule of each file. What is no longer of the site goes last.
set -eu
: "\${BUCKET:?say which: BUCKET=NAME sh publish.sh}"
site=$(cd "$(dirname "$0")/site" && pwd)
to="BUCKET_URL$BUCKET${base.replace(/\/$/, "")}"
`;

/** A word of a POSIX shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

function ready(site: BuiltSite, store: string, url: string, lines: (group: FileGroup) => string, end: string): Ready {
  const notFound = notFoundPage(site);
  const groups = fileGroups({ ...site.files, "404.html": { bytes: Buffer.byteLength(notFound), sha256: "" } });
  const script = [head(store, site.base).replace("BUCKET_URL", url), ...groups.map(lines), end, ""].join("\n");
  return {
    below: "",
    texts: { "site/404.html": notFound, "publish.sh": script },
    command: "BUCKET=NAME sh FOLDER/publish.sh",
    notes: NOTES,
  };
}

/** Filters of the AWS command line: the last that matches a path decides, and `*` is any text. */
const s3Lines = ({ type, cache, endings, paths }: FileGroup): string =>
  [
    `aws s3 cp "$site/" "$to/" --recursive --only-show-errors --content-type ${quoted(type)} --cache-control ${quoted(cache)} \\`,
    `  --exclude '*' ${[...endings.map((ending) => `*${ending}`), ...paths].map((what) => `--include ${quoted(what)}`).join(" ")}`,
  ].join("\n");

const REGEX = /[.*+?^${}()|[\]\\]/g;

/** Leaves out all but the group. Its files have no time of writing, so that only their checksums tell whether one changed. */
function gcsLines({ type, cache, endings, paths }: FileGroup): string {
  const words = [
    ...endings.map((ending) => `.*${ending.replaceAll(REGEX, "\\$&")}`),
    ...paths.map((path) => path.replaceAll(REGEX, "\\$&")),
  ];
  return [
    `gcloud storage rsync "$site" "$to" --recursive --checksums-only --content-type=${quoted(type)} --cache-control=${quoted(cache)} \\`,
    `  --exclude=${quoted(`^(?!(?:${words.join("|")})$).*$`)}`,
  ].join("\n");
}

export const S3: Target = {
  name: "s3",
  title: "Amazon S3",
  ready: (site) =>
    ready(site, "S3", "s3://", s3Lines, 'aws s3 sync "$site/" "$to/" --delete --size-only --only-show-errors'),
};

export const GCS: Target = {
  name: "gcs",
  title: "Google Cloud Storage",
  ready: (site) =>
    ready(
      site,
      "Google Cloud Storage",
      "gs://",
      gcsLines,
      'gcloud storage rsync "$site" "$to" --recursive --checksums-only --delete-unmatched-destination-objects',
    ),
};
