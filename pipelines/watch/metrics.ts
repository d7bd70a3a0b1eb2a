/** A number of the watcher's, by the conventions of Prometheus. Labels have a closed set of values: none holds what a user or a file says. */
interface Metric {
  readonly name: string;
  readonly type: "counter" | "gauge";
  readonly help: string;
  readonly label?: { readonly name: string; readonly values: readonly string[] };
}

const METRICS = {
  up: { name: "sentinel_watch_database_up", type: "gauge", help: "1 while the database answers, else 0." },
  losses: { name: "sentinel_watch_database_losses_total", type: "counter", help: "Times that the database went away." },
  looks: { name: "sentinel_watch_looks_total", type: "counter", help: "Times that it looked for work." },
  lookedAt: {
    name: "sentinel_watch_last_look_timestamp_seconds",
    type: "gauge",
    help: "When it looked last, in seconds since 1970; 0 before the first look.",
  },
  changedAt: {
    name: "sentinel_watch_last_change_timestamp_seconds",
    type: "gauge",
    help: "When it ended something last, in seconds since 1970; 0 before.",
  },
  startedAt: {
    name: "sentinel_watch_start_timestamp_seconds",
    type: "gauge",
    help: "When it started, in seconds since 1970.",
  },
  waiting: {
    name: "sentinel_watch_files_waiting",
    type: "gauge",
    help: "Files of the folder that it has not read yet.",
  },
  files: {
    name: "sentinel_watch_files_total",
    type: "counter",
    help: "Files read, by what became of them.",
    label: { name: "result", values: ["stored", "known", "refused"] },
  },
  stored: { name: "sentinel_watch_devices_stored_total", type: "counter", help: "Devices stored from files." },
  decided: { name: "sentinel_watch_devices_decided_total", type: "counter", help: "Partial devices decided." },
  validations: {
    name: "sentinel_watch_validations_total",
    type: "counter",
    help: "Validations, by whether all promises held.",
    label: { name: "result", values: ["held", "broken"] },
  },
  reports: { name: "sentinel_watch_reports_total", type: "counter", help: "Reports made." },
  failures: {
    name: "sentinel_watch_failures_total",
    type: "counter",
    help: "What could not be done and is left until it changes.",
    label: { name: "what", values: ["file", "campaign", "report"] },
  },
  seconds: {
    name: "sentinel_watch_stage_seconds_total",
    type: "counter",
    help: "Seconds spent in stages.",
    label: { name: "stage", values: ["generate", "recover", "validate", "report"] },
  },
  memory: { name: "process_resident_memory_bytes", type: "gauge", help: "Memory that the process holds, in bytes." },
  cpu: { name: "process_cpu_seconds_total", type: "counter", help: "Processor time of the process, in seconds." },
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof METRICS;

/** The type that its text is served as: the exposition format of Prometheus, version 0.0.4. */
export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** The numbers of one watcher. All series are there from the start, at 0, so that a rate sees the first step. */
export class Metrics {
  readonly #values = new Map<string, number>();

  constructor() {
    for (const metric of Object.values<Metric>(METRICS))
      for (const series of seriesOf(metric)) this.#values.set(series, 0);
  }

  add(name: MetricName, by = 1, label?: string): void {
    const series = seriesFor(METRICS[name], label);
    this.#values.set(series, this.#known(series) + by);
  }

  set(name: MetricName, value: number): void {
    const series = seriesFor(METRICS[name]);
    this.#known(series);
    this.#values.set(series, value);
  }

  /** All of them, as Prometheus reads them. */
  text(): string {
    this.set("memory", process.memoryUsage.rss());
    const { user, system } = process.cpuUsage();
    this.set("cpu", (user + system) / 1e6);
    return Object.values<Metric>(METRICS)
      .flatMap((metric) => [
        `# HELP ${metric.name} ${metric.help}`,
        `# TYPE ${metric.name} ${metric.type}`,
        ...seriesOf(metric).map((series) => `${series} ${this.#known(series)}`),
      ])
      .map((line) => `${line}\n`)
      .join("");
  }

  #known(series: string): number {
    const value = this.#values.get(series);
    if (value === undefined) throw new Error(`there is no series ${series}`);
    return value;
  }
}

function seriesOf(metric: Metric): string[] {
  return metric.label ? metric.label.values.map((value) => seriesFor(metric, value)) : [metric.name];
}

function seriesFor({ name, label }: Metric, value?: string): string {
  return label ? `${name}{${label.name}="${value}"}` : name;
}
