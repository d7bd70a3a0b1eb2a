import { personOf } from "../triage/write.ts";
import type { Instance } from "./api.ts";
import { converge } from "./converge.ts";
import { fullName } from "./instance-name.ts";
import { myAddress } from "./my-address.ts";
import { allowed, denied, type Network, network } from "./networks.ts";
import { type CloudSession, present, told } from "./session.ts";

/** `cloud allow NETWORK|me`: lets a network in, for good or for a time. */
export async function allow(session: CloudSession, what: string): Promise<void> {
  const { context, now } = session;
  const { lifetime, force = false } = context.options;
  const value = await networkOf(session, what, force);
  const until = lifetime === undefined ? undefined : new Date(now.getTime() + lifetime * 1_000);
  const allowance = { value, by: personOf(context), now, until };
  const isChanged = await change(session, `allow ${value}`, (list) => allowed(list, allowance));
  const end = until ? ` until ${until.toISOString()}, if it was not for longer before` : "";
  told(session, "allow", isChanged, `${fullName(session.api.name)} lets ${value} in${end}.`);
}

/** `cloud deny NETWORK|me|expired`: lets a network in no more, nor any whose time is over. */
export async function deny(session: CloudSession, what: string): Promise<void> {
  const value = what === "expired" ? undefined : await networkOf(session, what, true);
  const isChanged = await change(session, `deny ${what}`, (list) => denied(list, value, session.now));
  const text = value === undefined ? "keeps no network whose time is over" : `does not name ${value} any more`;
  told(session, "deny", isChanged, `The allow-list of ${fullName(session.api.name)} ${text}.`);
}

async function networkOf({ context }: CloudSession, what: string, isForced: boolean): Promise<string> {
  return network(what === "me" ? await myAddress(context.env) : what, isForced);
}

/** The list is one value: it is read, changed and written back on condition that nobody wrote it meanwhile. */
async function change(
  session: CloudSession,
  what: string,
  changed: (list: readonly Network[]) => Network[] | undefined,
): Promise<boolean> {
  const { isChanged } = await converge(session, (instance) => {
    const there = present(session, instance);
    const list = changed(networks(there));
    return list && session.api.patch(what, there, { ipConfiguration: { authorizedNetworks: list } });
  });
  return isChanged;
}

export const networks = ({ settings }: Instance): readonly Network[] =>
  settings?.ipConfiguration?.authorizedNetworks ?? [];
