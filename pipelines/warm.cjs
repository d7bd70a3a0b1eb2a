// Runs a compiled part of the program with what V8 made of it when the same command was run before: to parse and compile the text once more takes
// longer, in every thread, than to read that. Node 20 can do so with scripts, not with modules.
const { subscribe } = require("node:diagnostics_channel");
const fs = require("node:fs");
const { cachedDataVersionTag } = require("node:v8");
const { Script } = require("node:vm");
const { threadId } = require("node:worker_threads");
const { crc32 } = require("node:zlib");

const SUM_BYTES = 4;

/** Runs the text that lies beside a part's `file`. Each command, Node and set of V8's flags keeps its own: what a command needs not is not read. */
module.exports = function run(file) {
  const filename = file.replace(/\.cjs$/, ".js");
  const [, , command = ""] = process.argv;
  const place = `${filename}.${command}.${cachedDataVersionTag()}`;
  const cachedData = kept(place);
  const script = new Script(fs.readFileSync(filename, "latin1"), { filename, cachedData });
  if (script.cachedDataRejected !== false) subscribe("sentinel:finished", () => keep(place, script.createCachedData()));
  script.runInThisContext()(require);
};

/** Undefined where none is there that is whole: V8 takes a wrong byte as it is, and the process with it ends. */
function kept(place) {
  try {
    const all = fs.readFileSync(place);
    const data = all.subarray(SUM_BYTES);
    return all.readUInt32LE() === crc32(data) ? data : undefined;
  } catch {
    return undefined;
  }
}

/** Where it can't be kept, the next command compiles as this one did. */
function keep(place, data) {
  const sum = Buffer.alloc(SUM_BYTES);
  sum.writeUInt32LE(crc32(data));
  const unfinished = `${place}.${process.pid}.${threadId}`;
  try {
    fs.writeFileSync(unfinished, Buffer.concat([sum, data]));
    fs.renameSync(unfinished, place);
  } catch {
    fs.rmSync(unfinished, { force: true });
  }
}
