import type { TargetName } from "../cli/targets.ts";
import type { Target } from "./target.ts";
import { GCS, S3 } from "./targets/buckets.ts";
import { GITHUB } from "./targets/github.ts";
import { NGINX } from "./targets/nginx.ts";
import { CLOUDFLARE, NETLIFY } from "./targets/pages.ts";

const FOLDER: Target = {
  name: "folder",
  title: "a folder",
  ready: ({ base }) => ({
    below: "",
    texts: {},
    command: `cp -R FOLDER/site/. WEBROOT${base}`,
    notes: ["Any server of static files will do; which headers it should send is in docs/publish.md."],
  }),
};

/** Every host that a site can be made ready for, by the name that `--target` has. */
export const TARGETS: Readonly<Record<TargetName, Target>> = {
  github: GITHUB,
  netlify: NETLIFY,
  cloudflare: CLOUDFLARE,
  s3: S3,
  gcs: GCS,
  nginx: NGINX,
  folder: FOLDER,
};
