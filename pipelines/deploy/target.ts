import type { TargetName } from "../cli/targets.ts";
import type { Inventory } from "../site/inventory.ts";

/** A built site, about to be made ready for a host. */
export interface BuiltSite {
  readonly dir: string;
  /** Every file by its path in the site. */
  readonly files: Inventory;
  /** The text of each page, by its path in the site. */
  readonly pages: Readonly<Record<string, string>>;
  /** Path that it is to be served below, with a slash at both ends. */
  readonly base: string;
}

/** What a host is given beside the files of the site. */
export interface Ready {
  /** Folder within `site/` that the files of the site go into; empty where the host puts them below the base by itself. */
  readonly below: string;
  /** Texts to write, by their path in the folder that is made. */
  readonly texts: Readonly<Record<string, string>>;
  /** The command that uploads, run by nobody but the user; `FOLDER` stands for the folder that is made. */
  readonly command: string;
  /** What the host does not do by itself. */
  readonly notes: readonly string[];
}

/** A kind of host. */
export interface Target {
  readonly name: TargetName;
  /** What it is called in a sentence. */
  readonly title: string;
  /** Bytes of one file, and number of files, that it takes. */
  readonly mostBytes?: number;
  readonly mostFiles?: number;
  /** @throws SentinelError with exit code 6 where the site is more than the host's configuration can say. */
  ready(site: BuiltSite): Ready;
}
