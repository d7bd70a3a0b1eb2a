import { randomUUID } from "node:crypto";
import { Refusal } from "./routes.ts";

export interface Operation {
  readonly kind: "sql#operation";
  readonly name: string;
  readonly operationType: string;
  readonly targetId: string;
  readonly targetProject: string;
  readonly insertTime: string;
  status: "PENDING" | "RUNNING" | "DONE";
  error?: { readonly errors: readonly { readonly code: string; readonly message: string }[] };
}

interface UnderWay {
  readonly operation: Operation;
  readonly effect: () => void;
  /** How many more times it is asked after before it is done. */
  asks: number;
}

/** What the next operation of a type comes to. */
interface Fate {
  readonly type: string;
  readonly asks?: number;
  readonly error?: { readonly code: string; readonly message: string };
}

/** Operations of the stand-in: they take as long as they are asked after, and change something when they are done. */
export class Operations {
  readonly #all: UnderWay[] = [];
  readonly #fates: Fate[] = [];

  /** Decides on the next operation of a type: how long it takes, and whether it fails. */
  next(fate: Fate): void {
    this.#fates.push(fate);
  }

  /** @throws Refusal 409 while another operation of the instance is under way. */
  begin(type: string, { project, instance }: { project: string; instance: string }, effect: () => void): Operation {
    const busy = this.#all.some(({ operation }) => operation.targetId === instance && operation.status !== "DONE");
    if (busy) {
      const message =
        "Operation failed because another operation was already in progress. Try your request after the current operation is complete.";
      throw new Refusal(409, "operationInProgress", message);
    }
    const at = this.#fates.findIndex((fate) => fate.type === type);
    const fate = at < 0 ? undefined : this.#fates.splice(at, 1)[0];
    const operation: Operation = {
      kind: "sql#operation",
      name: randomUUID(),
      operationType: type,
      targetId: instance,
      targetProject: project,
      insertTime: new Date().toISOString(),
      status: "PENDING",
    };
    const { error } = fate ?? {};
    const ends = error ? () => void Object.assign(operation, { error: { errors: [error] } }) : effect;
    this.#all.push({ operation, effect: ends, asks: fate?.asks ?? 1 });
    return operation;
  }

  /** Has what is under way be done once it was seen under way and is asked after again. */
  hurry(): void {
    for (const one of this.#all) one.asks = 1;
  }

  get(name: string): Operation {
    const found = this.#all.find(({ operation }) => operation.name === name);
    if (!found) throw new Refusal(404, "operationDoesNotExist", "The requested operation does not exist.");
    return ask(found);
  }

  list(instance: string | undefined): Operation[] {
    const theirs = this.#all.filter(({ operation }) => instance === undefined || operation.targetId === instance);
    return theirs.map(ask).reverse();
  }

  /** Types of all that were begun, in order. */
  get types(): string[] {
    return this.#all.map(({ operation }) => operation.operationType);
  }
}

function ask(one: UnderWay): Operation {
  const { operation } = one;
  if (operation.status === "DONE") return { ...operation };
  one.asks -= 1;
  operation.status = one.asks < 0 ? "DONE" : "RUNNING";
  if (operation.status === "DONE") one.effect();
  return { ...operation };
}
