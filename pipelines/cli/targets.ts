/** The hosts that `deploy` knows, as `--target` names them. */
export const TARGET_NAMES = ["github", "netlify", "cloudflare", "s3", "gcs", "nginx", "folder"] as const;
export type TargetName = (typeof TARGET_NAMES)[number];
