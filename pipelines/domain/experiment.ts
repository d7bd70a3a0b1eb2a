/** A fault of the outside world, while one command runs. */
export type WorldFault =
  /** Every byte takes so long on its way to the database, and back. */
  | { readonly kind: "latency"; readonly ms_each_way: number }
  /** The link is reset at a round trip, and again every so many later, in turn before, during and after the answer. */
  | { readonly kind: "cut"; readonly first: number; readonly every: number; readonly times: number }
  /** The server ends the session of a worker that is about to commit this batch. */
  | { readonly kind: "end_session"; readonly at_batch: number; readonly times: number }
  /** The server is killed while a worker is about to commit this batch, and comes back. */
  | { readonly kind: "kill_server"; readonly at_batch: number; readonly down_seconds: number }
  /** The command is killed while a worker is about to commit this batch, and called again with `--resume`. */
  | { readonly kind: "kill_command"; readonly at_batch: number; readonly times: number };

export type WorldFaultKind = WorldFault["kind"];

/** The stages of a method, in their order. `corrupt` may be left out. */
export const METHOD_STAGES = ["generate", "corrupt", "recover"] as const;
export type MethodStage = (typeof METHOD_STAGES)[number];

/** One command of a method. */
export interface MethodStep {
  readonly stage: MethodStage;
  /** Of corrupt: the chaos profile, and the share of devices instead of the profile's. */
  readonly profile?: string;
  readonly rate?: number;
  /** Of recover: the rule set and the policy. */
  readonly rules?: string;
  readonly policy?: string;
  /** At least so many batches, where there are as many devices; a fault can strike at each. */
  readonly batches?: number;
  readonly fault?: WorldFault;
}

/** What is looked at once the method has ended, and what is expected of it. */
export type Probe =
  | { readonly probe: "ended"; readonly seconds: number }
  | { readonly probe: "promises_hold" }
  | { readonly probe: "as_unbroken" }
  | { readonly probe: "no_partial_left" }
  | { readonly probe: "no_open_run" }
  | { readonly probe: "nothing_orphaned" }
  | { readonly probe: "faults_found"; readonly at_least: number }
  | { readonly probe: "false_alarms"; readonly at_most: number }
  | { readonly probe: "quarantined"; readonly at_most: number }
  | { readonly probe: "rest_as_unbroken" };

/** When an experiment is given up: what it does is aborted and taken back. */
export interface StopConditions {
  /** Since the method began. */
  readonly seconds: number;
  /** Share of all devices. */
  readonly quarantined_share?: number;
}

/** One file of `data/experiments/`. */
export interface Experiment {
  readonly name: string;
  readonly question: string;
  readonly hypothesis: string;
  readonly method: readonly MethodStep[];
  readonly probes: readonly Probe[];
  readonly stop: StopConditions;
}

/** Where a method meets its fault: before it, all is the same as without. A fault of the data is corrupt itself. */
export function faultedStep({ method }: Pick<Experiment, "method">): number {
  const world = method.findIndex(({ fault }) => fault !== undefined);
  return world >= 0 ? world : method.findIndex(({ stage }) => stage === "corrupt");
}

/** What the control does from there on: the same without its fault. */
export function unbroken(experiment: Pick<Experiment, "method">): MethodStep[] {
  const from = faultedStep(experiment);
  const rest = experiment.method.slice(from);
  return rest[0]?.fault ? rest.map(({ fault: _, ...step }) => step) : rest.slice(1);
}

/** The fault of a method in words. */
export function faultText(experiment: Pick<Experiment, "method">): string {
  const { stage, fault, profile = "default", rate } = experiment.method[faultedStep(experiment)] as MethodStep;
  if (!fault) return `chaos "${profile}" on ${rate === undefined ? "its share" : shareText(rate)} of the devices`;
  switch (fault.kind) {
    case "latency":
      return `${fault.ms_each_way} ms each way to the database during ${stage}`;
    case "cut":
      return `the link is cut ${fault.times} times during ${stage}`;
    case "end_session":
      return `the session of a worker is ended ${timesText(fault.times)} during ${stage}`;
    case "kill_server":
      return `the server is killed during ${stage}, and back after ${fault.down_seconds} s`;
    case "kill_command":
      return `${stage} is killed ${timesText(fault.times)}`;
  }
}

/** How often, as people say it. */
export const timesText = (times: number): string => (times === 1 ? "once" : `${times} times`);
/** A share, 0 to 1, as people write it. */
export const shareText = (share: number): string => `${Number((100 * share).toFixed(2))} %`;

/** How often a fault has to strike, at the least, to have been there. */
export function strikesWanted(fault: WorldFault | undefined): number {
  return fault && "times" in fault ? fault.times : 1;
}

/** Why an experiment must be given up; undefined while nothing speaks against it. */
export function stopReason(
  stop: StopConditions,
  now: { readonly seconds: number; readonly quarantinedShare: number | undefined },
): string | undefined {
  const { seconds, quarantined_share: most } = stop;
  if (now.seconds > seconds) return `it took longer than ${seconds} s`;
  if (most === undefined || now.quarantinedShare === undefined || now.quarantinedShare <= most) return undefined;
  return `${shareText(now.quarantinedShare)} of the devices are quarantined, more than ${shareText(most)}`;
}
