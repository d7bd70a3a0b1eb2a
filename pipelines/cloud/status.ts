import { table } from "../cli/format.ts";
import { networks } from "./access.ts";
import type { Instance } from "./api.ts";
import { patiently } from "./converge.ts";
import { billOf, money, sum } from "./cost.ts";
import { fullName } from "./instance-name.ts";
import { finding } from "./networks.ts";
import { estimate, readPrices } from "./prices.ts";
import { type CloudSession, present, readInstance } from "./session.ts";

/** `cloud status`: how the instance is, whom it lets in, what is under way and what it costs. */
export async function status(session: CloudSession): Promise<void> {
  const { api, context } = session;
  const instance = present(session, await readInstance(session));
  const underWay = await patiently(session, () => api.underWay());
  const backups = await patiently(session, () => api.backups());
  const facts = factsOf(session, instance);
  const operations = underWay.map(({ operationType, status: state, insertTime }) => ({
    type: operationType,
    status: state,
    since: insertTime,
  }));
  const access = networks(instance).map((one) => ({
    network: one.value ?? "",
    name: one.name ?? "",
    until: one.expirationTime ?? null,
    finding: finding(one, session.now),
  }));
  context.reporter.event({
    event: "cloud_status",
    instance: fullName(api.name),
    ...facts,
    operations,
    backups: backups.length,
    networks: access,
  });
  const lines = Object.entries(facts).map(([name, value]) => [name.replaceAll("_", " "), String(value)]);
  const more = operations.map(({ type, status: state, since }) => ["under way", `${type} ${state} since ${since}`]);
  context.reporter.result(table([fullName(api.name), ""], [...lines, ["backups", String(backups.length)], ...more]));
  if (access.length === 0) return context.reporter.result("\nNo network is let in; the connector needs none.");
  const rows = access.map(({ network, name, until, finding: said }) => [network, name, until ?? "", said]);
  context.reporter.result(`\n${table(["lets in", "who and when", "until", "to note"], rows)}`);
}

function factsOf({ context }: CloudSession, instance: Instance): Record<string, string | boolean> {
  const { settings = {}, state, databaseVersion, ipAddresses = [] } = instance;
  const prices = readPrices(context.projectRoot);
  const monthly = sum(estimate(prices, billOf(context, instance)));
  return {
    state: state ?? "",
    activation_policy: settings.activationPolicy ?? "",
    version: databaseVersion ?? "",
    tier: settings.tier ?? "",
    disk: `${settings.dataDiskSizeGb ?? "?"} GB ${settings.dataDiskType ?? ""}`,
    addresses: ipAddresses.map(({ type, ipAddress }) => `${type} ${ipAddress}`).join(", "),
    ssl_mode: settings.ipConfiguration?.sslMode ?? "",
    deletion_protection: settings.deletionProtectionEnabled ?? false,
    monthly_cost:
      monthly === undefined ? "no price" : `${money(monthly)} ${prices.currency} (list price of ${prices.date})`,
  };
}
