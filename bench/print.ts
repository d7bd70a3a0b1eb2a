import { count, table } from "../pipelines/cli/format.ts";
import type { Figure } from "./figures.ts";

/** The figures as a person reads them: first what is held against something, then the rest, a line a side. */
export function printed(figures: readonly Figure[]): string {
  const compared = figures.filter(({ against }) => against !== null);
  const alone = figures.filter(({ against }) => against === null);
  return `${ratios(compared)}\n\n${sides(alone)}\n`;
}

function ratios(figures: readonly Figure[]): string {
  return table(
    ["work", "devices", "devices/s", "limit/s", "ratio", "goal", "", "held against"],
    figures.map(({ name, value, limit, ratio, goal, against }) => {
      const { work, devices } = parts(name);
      const verdict = goal === null ? "" : (ratio ?? 0) >= goal ? "met" : "missed";
      const numbers = [count(devices), count(value), count(limit ?? 0), (ratio ?? 0).toFixed(2)];
      return [work, ...numbers, goal === null ? "" : goal.toFixed(2), verdict, against ?? ""];
    }),
  );
}

function sides(figures: readonly Figure[]): string {
  const columns = new Map(figures.map((figure) => [parts(figure.name).figure, figure.unit]));
  const lineOf = ({ name }: Figure): string => {
    const { work, side, devices } = parts(name);
    return `${work} ${side} ${count(devices)}`;
  };
  const lines = [...new Set(figures.map(lineOf))];
  return table(
    ["work", "side", "devices", ...[...columns].map(([figure, unit]) => `${figure.replaceAll("_", " ")} [${unit}]`)],
    lines.map((line) => [
      ...line.split(" "),
      ...[...columns.keys()].map((column) =>
        short(figures.find((figure) => lineOf(figure) === line && parts(figure.name).figure === column)?.value),
      ),
    ]),
  );
}

function short(value: number | undefined): string {
  if (value === undefined) return "";
  return value >= 100 ? count(value) : value.toPrecision(3);
}

function parts(name: string): { work: string; side: string; figure: string; devices: number } {
  const [work = "", side = "", figure = "", devices] = name.split(".");
  return { work, side, figure, devices: Number(devices) };
}
