import { parentPort, Worker } from "node:worker_threads";
import { bakePages, type Share } from "./pages.ts";
import { type BakedPage, isInReport } from "./report.ts";

/** A page that another thread baked; what its cells show, as markup. */
interface Posted extends Omit<BakedPage, "cells"> {
  readonly cells: readonly string[];
}

/** A thread that helps to bake, with a window of its own. */
export interface Helper {
  bake(share: Share): Promise<BakedPage[]>;
}

/** Starts a thread that gets ready by the time that there is something to bake. */
export function startHelper(): Helper {
  const thread = new Worker(new URL("./entry.mjs", import.meta.url));
  const answer = new Promise<readonly Posted[]>((resolve, reject) => {
    thread.once("message", (said: readonly Posted[] | string) =>
      typeof said === "string" ? reject(new Error(said)) : resolve(said),
    );
    thread.once("error", reject);
  });
  // It is waited for only once the pages are shared out.
  answer.catch(() => {});
  return {
    async bake(share) {
      thread.postMessage(share);
      return (await answer).map(({ cells, ...page }) => ({ ...page, cells: cells.map(revived) }));
    },
  };
}

/** What the thread itself does. */
export function help(): void {
  parentPort?.once("message", (share: Share) => {
    bakePages(share).then(
      (pages) => parentPort?.postMessage(pages.filter(isInReport).map(posted)),
      (error: Error) => parentPort?.postMessage(error.message),
    );
  });
}

const posted = ({ cells, ...page }: BakedPage): Posted => ({ ...page, cells: cells.map((cell) => cell.innerHTML) });

function revived(markup: string): HTMLElement {
  const holder = document.createElement("div");
  holder.innerHTML = markup;
  return holder;
}
