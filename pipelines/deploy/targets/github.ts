import { notFoundPage } from "../not-found.ts";
import type { Target } from "../target.ts";

const MIB = 1024 * 1024;

/** Puts the folder on a branch by itself, with no history and nothing of the work tree that it is called from. */
const SCRIPT = `#!/bin/sh
# Publishes the folder beside this script as branch gh-pages of REMOTE.
set -eu
: "\${REMOTE:?say where to: REMOTE=git@github.com:OWNER/NAME.git sh publish.sh}"
site=$(cd "$(dirname "$0")/site" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
git init -q "$work"
export GIT_DIR="$work/.git" GIT_WORK_TREE="$site"
cd "$site"
git add -A -f .
git -c user.name=sentinel-ota -c user.email=sentinel-ota@localhost commit -q -m "Publish the report"
git push --force "$REMOTE" HEAD:refs/heads/gh-pages
`;

export const GITHUB: Target = {
  name: "github",
  title: "GitHub Pages",
  mostBytes: 100 * MIB,
  ready: (site) => ({
    // The repository's name is its base, and GitHub puts it before the site.
    below: "",
    texts: { "site/.nojekyll": "", "site/404.html": notFoundPage(site), "publish.sh": SCRIPT },
    command: "REMOTE=git@github.com:OWNER/NAME.git sh FOLDER/publish.sh",
    notes: [
      "GitHub Pages sends no headers of ours: the policy in each page holds, but who may frame a page is not said.",
      ".github/workflows/report.yml publishes by itself, without this command.",
    ],
  }),
};
