/** One instruction of a Dockerfile. */
export interface Instruction {
  /** FROM, COPY, .. in capitals. */
  readonly name: string;
  /** `--from=packages`: without the dashes. */
  readonly flags: Readonly<Record<string, string>>;
  /** What stands behind flags: words, or the entries of a JSON list. */
  readonly words: readonly string[];
  readonly text: string;
  readonly isList: boolean;
}

/** A stage of a build: what stands from one FROM to the next. */
export interface Stage {
  readonly name: string | undefined;
  readonly image: string;
  readonly instructions: readonly Instruction[];
}

/** Reads a Dockerfile without variables and here-documents, which ours has none of. */
export function readDockerfile(text: string): Stage[] {
  const lines = text
    .split("\n")
    .filter((line) => !/^\s*(#|$)/.test(line))
    .join("\n")
    .replace(/\\\n/g, " ")
    .split("\n");
  const stages: { name: string | undefined; image: string; instructions: Instruction[] }[] = [];
  for (const instruction of lines.filter(Boolean).map(instructionOf)) {
    const [image = "", as, name] = instruction.words;
    if (instruction.name === "FROM") {
      stages.push({ image, name: as?.toUpperCase() === "AS" ? name : undefined, instructions: [] });
    } else stages.at(-1)?.instructions.push(instruction);
  }
  return stages;
}

function instructionOf(line: string): Instruction {
  const [, name = "", rest = ""] = /^\s*(\w+)\s+(.*)$/.exec(line) ?? [];
  const [, given = "", text = ""] = /^((?:--\S+\s+)*)(.*)$/.exec(rest) ?? [];
  const flags = Object.fromEntries(
    given
      .split(/\s+/)
      .filter(Boolean)
      .map((flag) => flag.slice(2).split("=") as [string, string]),
  );
  const isList = text.startsWith("[");
  const words = isList ? (JSON.parse(text) as string[]) : text.split(/\s+/);
  return { name: name.toUpperCase(), flags, words, text, isList };
}

/** The last instruction of a name in a stage, which is the one that counts. */
export function lastOf(stage: Stage | undefined, name: string): Instruction | undefined {
  return stage?.instructions.findLast((instruction) => instruction.name === name);
}

/** The command of `HEALTHCHECK .. CMD [..]`. */
export function healthCommand(stage: Stage | undefined): string[] {
  const { text = "" } = lastOf(stage, "HEALTHCHECK") ?? {};
  return JSON.parse(text.slice(text.indexOf("CMD") + "CMD".length) || "[]") as string[];
}
