import { at, readCompose, type Value } from "./compose.ts";
import { healthCommand, type Instruction, lastOf, readDockerfile, type Stage } from "./dockerfile.ts";
import { isIgnored } from "./ignore.ts";

/** The three files that an image and its neighbours are made from. */
export interface Files {
  readonly dockerfile: string;
  readonly ignore: string;
  readonly compose: string;
}

/** What matters of them, by its name: each says what is wrong, or nothing. */
export const CHECKS: Readonly<Record<string, (files: Files) => string[]>> = {
  "images have a tag, and not latest": ({ dockerfile, compose }) => {
    const names = readDockerfile(dockerfile).map(({ name }) => name);
    const images = [...readDockerfile(dockerfile).map(({ image }) => image), ...imagesOf(compose)];
    return images.filter(
      (image) => !names.includes(image) && !/:(?!latest\b)[\w.-]+(@sha256:[0-9a-f]{64})?$/.test(image),
    );
  },
  "the user is a number, and not root's": ({ dockerfile }) => {
    const user = lastOf(finalOf(dockerfile), "USER")?.text ?? "none";
    return /^[1-9]\d*(:[1-9]\d*)?$/.test(user) ? [] : [user];
  },
  "no secret is written into the image": ({ dockerfile }) =>
    all(dockerfile)
      .filter(({ name, text }) => ["ENV", "ARG"].includes(name) && SECRET.test(text))
      .map(({ text }) => text),
  "nothing is fetched but packages of the lock file": ({ dockerfile }) =>
    all(dockerfile)
      .filter(({ name, text }) => name === "ADD" || (name === "RUN" && FETCH.test(text)))
      .map(({ text }) => text),
  "packages are those of the lock file, without those of development": ({ dockerfile }) => {
    const installs = all(dockerfile).filter(({ name, text }) => name === "RUN" && /\bnpm\b/.test(text));
    if (installs.length === 0) return ["no npm ci"];
    return installs.filter(({ text }) => !/\bnpm ci\b.*--omit=dev/.test(text)).map(({ text }) => text);
  },
  "packages are installed before sources are copied, so that a change of those does not install them again": ({
    dockerfile,
  }) =>
    readDockerfile(dockerfile).flatMap(({ instructions }) => {
      const install = instructions.findIndex(({ name, text }) => name === "RUN" && /\bnpm ci\b/.test(text));
      const before = instructions.slice(0, Math.max(install, 0)).filter(({ name }) => name === "COPY");
      return before
        .filter(({ words }) => words.slice(0, -1).some((word) => !/^package(-lock)?\.json$/.test(word)))
        .map(({ text }) => text);
    }),
  "what a run leaves behind, and what git knows, never gets to the builder": ({ ignore }) =>
    [
      "node_modules/pg/package.json",
      "data/local/postgres/PG_VERSION",
      "dist/index.html",
      ".git/config",
      ".env",
      "backups/a",
    ].filter((file) => !isIgnored(ignore, file)),
  "what is copied gets to the builder": ({ dockerfile, ignore }) =>
    all(dockerfile)
      .filter(({ name, flags }) => name === "COPY" && flags.from === undefined)
      .flatMap(({ words }) => words.slice(0, -1))
      .filter((source) => source !== "." && isIgnored(ignore, source)),
  "commands get signals: they are lists, without a shell between": ({ dockerfile }) =>
    ["ENTRYPOINT", "CMD"].filter((name) => !lastOf(finalOf(dockerfile), name)?.isList),
  "there is a health check": ({ dockerfile, compose }) => [
    ...(healthCommand(finalOf(dockerfile)).length > 0 ? [] : ["Dockerfile"]),
    ...(at(readCompose(compose), "services.postgres.healthcheck.test") ? [] : ["postgres"]),
  ],
  "beside a read-only root, what is written to is a volume": ({ dockerfile, compose }) => {
    const sentinel = at(readCompose(compose), "services.sentinel");
    const volume = lastOf(finalOf(dockerfile), "VOLUME")?.text;
    const mounted = list(at(sentinel, "volumes")).some((entry) => entry.endsWith(`:${volume}`));
    return [...(at(sentinel, "read_only") === "true" ? [] : ["read_only"]), ...(mounted ? [] : [`${volume}`])];
  },
  "the pipeline waits for a database that is well": ({ compose }) =>
    at(readCompose(compose), "services.sentinel.depends_on.postgres.condition") === "service_healthy"
      ? []
      : ["depends_on"],
  "no port is open, and no password stands there": ({ compose }) => {
    const services = Object.entries(at(readCompose(compose), "services") ?? {});
    const open = services.filter(([, service]) => at(service, "ports")).map(([name]) => name);
    return [...open, ...(/:\/\/[^/\s:]+:[^/\s@]+@|PASSWORD:/.test(compose) ? ["password"] : [])];
  },
};

const SECRET = /PASS|SECRET|TOKEN|KEY|DATABASE_URL/i;
const FETCH = /\b(curl|wget|apt-get|apk|npx|git)\b/;

const all = (dockerfile: string): Instruction[] =>
  readDockerfile(dockerfile).flatMap(({ instructions }) => [...instructions]);
const finalOf = (dockerfile: string): Stage | undefined => readDockerfile(dockerfile).at(-1);
const list = (value: Value | undefined): string[] => (Array.isArray(value) ? value.map(String) : []);

function imagesOf(compose: string): string[] {
  return Object.values(at(readCompose(compose), "services") ?? {}).flatMap((service) => {
    const image = at(service as Value, "image");
    return typeof image === "string" ? [image] : [];
  });
}
