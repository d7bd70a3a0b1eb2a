import { type Engine, type EngineOptions, startEngine } from "./engine.js";
import type { Outcome } from "./outcome.js";

/** The one engine of a page: started by the first query, kept for the next, and started anew after it failed to start or was stopped. */
export interface Session {
  /** @throws Error where the engine does not start or the query fails; `Stopped` where somebody stopped it. */
  ask(query: string, progress: (doing: string) => void): Promise<Outcome>;
  stop(): void;
}

export class Stopped extends Error {}

export function session(options: Omit<EngineOptions, "progress">): Session {
  let engine: Promise<Engine> | undefined;
  let giveUp: () => void = () => {};
  const start = (progress: (doing: string) => void): Promise<Engine> => {
    const started = startEngine({ ...options, progress });
    started.catch(() => {
      if (engine === started) engine = undefined;
    });
    return started;
  };
  return {
    ask: async (query, progress) => {
      const stopped = new Promise<never>((_, reject) => {
        giveUp = () => reject(new Stopped());
      });
      engine ??= start(progress);
      const ready = await Promise.race([engine, stopped]);
      progress("Asking …");
      return await Promise.race([ready.ask(query), stopped]);
    },
    stop: () => {
      engine?.then((running) => running.end()).catch(() => {});
      engine = undefined;
      giveUp();
    },
  };
}
