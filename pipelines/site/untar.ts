const BLOCK = 512;
/** Where the header of a file in an ustar archive has its size, in octal digits. */
const SIZE = { at: 124, end: 135 };
const NAME_BYTES = 100;

/** The files of an archive as `src/data/tar.ts` writes it, by name. */
export function untar(archive: Buffer): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (let at = 0; at + BLOCK <= archive.length && archive[at] !== 0; ) {
    const name = archive.toString("ascii", at, at + NAME_BYTES).replace(/\0.*$/s, "");
    const size = Number.parseInt(archive.toString("ascii", at + SIZE.at, at + SIZE.end), 8);
    const body = at + BLOCK;
    files.set(name, archive.subarray(body, body + size));
    at = body + Math.ceil(size / BLOCK) * BLOCK;
  }
  return files;
}
