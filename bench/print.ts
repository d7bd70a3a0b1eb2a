import { count, table } from "../pipelines/cli/format.ts";
import type { Figure } from "./figures.ts";
import { FIRST } from "./measure.ts";

/** The figures as a person reads them: first what is held against something, then the rest, a table a work and a line a side. */
export function printed(figures: readonly Figure[]): string {
  const compared = figures.filter(({ against }) => against !== null);
  const alone = figures.filter(({ against }) => against === null);
  const works = [...new Set(alone.map(({ name }) => parts(name).work))];
  const tables = works.map((work) => sides(alone.filter(({ name }) => parts(name).work === work)));
  return `${[...(compared.length > 0 ? [ratios(compared)] : []), ...tables].join("\n\n")}\n`;
}

function ratios(figures: readonly Figure[]): string {
  return table(
    ["figure", "devices", "value", "limit", "unit", "ratio", "goal", "", "held against"],
    figures.map(({ name, value, unit, limit, ratio, goal, against }) => {
      const { work, side, figure, devices } = parts(name);
      const verdict = goal === null ? "" : (ratio ?? 0) >= goal ? "met" : "missed";
      const title = figure === "ratio" ? `${work} ${side}` : `${work} ${side} ${figure}`;
      return [
        ...[title.replaceAll("_", " "), count(devices), short(value), short(limit), unit, (ratio ?? 0).toFixed(2)],
        ...[goal === null ? "" : goal.toFixed(2), verdict, against ?? ""],
      ];
    }),
  );
}

/** The sides of one work. The first round is known by its rate alone. */
function sides(figures: readonly Figure[]): string {
  const columns = new Map(figures.map((figure) => [parts(figure.name).figure, figure.unit]));
  const lineOf = ({ name }: Figure): string => {
    const { work, side, devices } = parts(name);
    return `${work}\t${side.endsWith(FIRST) ? `${side.slice(0, -FIRST.length)} (first round)` : side}\t${count(devices)}`;
  };
  const lines = [...new Set(figures.map(lineOf))];
  return table(
    ["work", "side", "devices", ...[...columns].map(([figure, unit]) => `${figure.replaceAll("_", " ")} [${unit}]`)],
    lines.map((line) => [
      ...line.split("\t"),
      ...[...columns.keys()].map((column) => {
        const figure = figures.find((one) => lineOf(one) === line && parts(one.name).figure === column);
        return figure ? short(figure.value) : "";
      }),
    ]),
  );
}

function short(value: number | null): string {
  if (value === null) return "–";
  return value >= 100 ? count(value) : value === 0 ? "0" : value.toPrecision(3);
}

function parts(name: string): { work: string; side: string; figure: string; devices: number } {
  const [work = "", side = "", figure = "", devices] = name.split(".");
  return { work, side, figure, devices: Number(devices) };
}
