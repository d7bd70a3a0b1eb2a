import { type Engine, type EngineOptions, startEngine } from "./engine.js";
import type { Outcome } from "./outcome.js";

/** The one engine of a page: started by the first query, kept for the next, and started anew after it was stopped. */
export interface Session {
  /** @throws Error where the engine does not start or the query fails; `Stopped` where somebody stopped it. */
  ask(query: string, progress: (doing: string) => void): Promise<Outcome>;
  stop(): void;
}

export class Stopped extends Error {}

export function session(options: Omit<EngineOptions, "progress">): Session {
  let engine: Promise<Engine> | undefined;
  let stop: () => void = () => {};
  return {
    ask: async (query, progress) => {
      const stopped = new Promise<never>((_, reject) => {
        stop = () => reject(new Stopped());
      });
      engine ??= startEngine({ ...options, progress });
      const mine = engine;
      try {
        const ready = await Promise.race([mine, stopped]);
        progress("Asking …");
        return await Promise.race([ready.ask(query), stopped]);
      } catch (error) {
        const started = await mine.then(
          () => true,
          () => false,
        );
        if (!started) engine = undefined;
        throw error;
      }
    },
    stop: () => {
      void engine?.then((running) => running.end()).catch(() => {});
      engine = undefined;
      stop();
    },
  };
}
