import { converge } from "./converge.ts";
import { fullName } from "./instance-name.ts";
import { type CloudSession, present, told } from "./session.ts";

/** `cloud start`: has the instance run. */
export const start = (session: CloudSession): Promise<void> => power(session, "start", "ALWAYS", "runs");

/** `cloud stop`: has it stand still; its disk and address are paid for all the same. */
export const stop = (session: CloudSession): Promise<void> =>
  power(session, "stop", "NEVER", "is stopped; its disk still costs");

async function power(session: CloudSession, action: string, activationPolicy: string, text: string): Promise<void> {
  const { api } = session;
  const { isChanged } = await converge(session, (instance) => {
    const there = present(session, instance);
    if (there.settings?.activationPolicy === activationPolicy) return undefined;
    return api.patch(action, there, { activationPolicy });
  });
  told(session, action, isChanged, `${fullName(api.name)} ${text}.`);
}
