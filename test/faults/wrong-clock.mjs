import { isMainThread } from "node:worker_threads";

// Loaded before the program by `--import`: its calendar is off by WRONG_CLOCK_HOURS and runs at WRONG_CLOCK_PACE.
const began = Date.now();
const now = Date.now.bind(Date);
const hours = Number(process.env.WRONG_CLOCK_HOURS);
const pace = Number(process.env.WRONG_CLOCK_PACE);
const wrong = () => began + hours * 3_600_000 + pace * (now() - began);

globalThis.Date = class extends Date {
  constructor(...given) {
    if (given.length === 0) super(wrong());
    else super(...given);
  }
  static now() {
    return wrong();
  }
};

if (isMainThread) process.stderr.write(`the clock is wrong: ${new Date().toISOString()}\n`);
