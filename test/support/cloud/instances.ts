import type { Operations } from "./operations.ts";
import { Refusal } from "./routes.ts";

export type Json = Record<string, unknown>;

export interface Network {
  readonly value: string;
  readonly name?: string;
  readonly expirationTime?: string;
}

/** An instance as the API shows it. */
export interface Instance extends Json {
  name: string;
  project: string;
  region: string;
  state: string;
  settings: Settings;
}

export interface Settings extends Json {
  settingsVersion: string;
  tier: string;
  activationPolicy: string;
  deletionProtectionEnabled: boolean;
  retainBackupsOnDelete?: boolean;
  ipConfiguration: Json & { authorizedNetworks: Network[]; sslMode: string };
}

export interface Backup extends Json {
  name: string;
  instance: string;
  type: string;
  state: string;
}

const DEFAULTS = {
  activationPolicy: "ALWAYS",
  availabilityType: "ZONAL",
  edition: "ENTERPRISE",
  dataDiskType: "PD_SSD",
  dataDiskSizeGb: "10",
  deletionProtectionEnabled: false,
};

/** What is stored at the stand-in, and the rules of the API for changing it. */
export class Instances {
  readonly all = new Map<string, Instance>();
  readonly backups: Backup[] = [];
  readonly #operations: Operations;
  #backupNo = 0;

  constructor(operations: Operations) {
    this.#operations = operations;
  }

  /** @throws Refusal 404, where there is none of the name. */
  get(project: string, name: string): Instance {
    const found = this.all.get(name);
    if (!found || found.project !== project) {
      throw new Refusal(404, "instanceDoesNotExist", "The Cloud SQL instance does not exist.");
    }
    return found;
  }

  insert(project: string, body: Json): unknown {
    const { name, region, databaseVersion, settings } = body as Json & { name?: string; settings?: Json };
    if (!name || !region || !databaseVersion || !settings?.tier) {
      throw new Refusal(400, "required", "Missing name, region, databaseVersion or settings.tier.");
    }
    if (this.all.has(name)) {
      throw new Refusal(409, "instanceAlreadyExists", "The Cloud SQL instance already exists.");
    }
    return this.#operations.begin("CREATE", { project, instance: name }, () =>
      this.put({ project, name, region: String(region), databaseVersion, settings }),
    );
  }

  /** Stores an instance that nobody asked the API for. */
  put({
    settings = {},
    ...given
  }: { project: string; name: string; region: string; settings?: Json } & Json): Instance {
    const { ipConfiguration } = settings as { ipConfiguration?: Json };
    const made = {
      kind: "sql#instance",
      state: "RUNNABLE",
      databaseVersion: "POSTGRES_17",
      connectionName: `${given.project}:${given.region}:${given.name}`,
      ...given,
      settings: {
        tier: "db-f1-micro",
        ...DEFAULTS,
        ...settings,
        settingsVersion: "1",
        ipConfiguration: {
          ipv4Enabled: true,
          authorizedNetworks: [],
          sslMode: "ALLOW_UNENCRYPTED_AND_ENCRYPTED",
          ...ipConfiguration,
        },
      },
    } as Instance;
    this.all.set(given.name, made);
    return made;
  }

  patch(project: string, name: string, body: Json): unknown {
    const instance = this.get(project, name);
    const { settings = {} } = body as { settings?: Json };
    const asked = settings.settingsVersion;
    if (asked !== undefined && String(asked) !== instance.settings.settingsVersion) {
      throw new Refusal(412, "staleData", "Condition does not match.");
    }
    return this.#operations.begin("UPDATE", { project, instance: name }, () => this.change(name, settings));
  }

  /** Changes settings: messages are merged, lists are replaced. */
  change(name: string, { settingsVersion: _, ipConfiguration, ...settings }: Json): void {
    const instance = this.all.get(name);
    if (!instance) return;
    const before = instance.settings;
    instance.settings = {
      ...before,
      ...settings,
      settingsVersion: String(Number(before.settingsVersion) + 1),
      ipConfiguration: { ...before.ipConfiguration, ...(ipConfiguration as Json | undefined) },
    } as Settings;
  }

  delete(project: string, name: string, query: Readonly<Record<string, string>>): unknown {
    const instance = this.get(project, name);
    if (instance.settings.deletionProtectionEnabled) {
      throw new Refusal(
        400,
        "invalidRequest",
        "The instance is protected. Please disable the deletion protection and try again.",
      );
    }
    return this.#operations.begin("DELETE", { project, instance: name }, () => {
      this.all.delete(name);
      if (!instance.settings.retainBackupsOnDelete) {
        for (const own of this.backups.filter((one) => one.instance === name)) this.#drop(own);
      }
      if (query.enableFinalBackup === "true") this.addBackup(project, name, "FINAL");
    });
  }

  addBackup(project: string, instance: string, type: "AUTOMATED" | "ON_DEMAND" | "FINAL"): Backup {
    const name = `projects/${project}/backups/${++this.#backupNo}`;
    const made = { name, kind: "sql#backup", instance, type, state: "SUCCESSFUL", maxChargeableBytes: "2000000000" };
    this.backups.push(made);
    return made;
  }

  deleteBackup(name: string): unknown {
    const found = this.backups.find((one) => one.name === name);
    if (!found) throw new Refusal(404, "notFound", "The backup does not exist.");
    const project = name.split("/")[1] ?? "";
    return this.#operations.begin("DELETE_BACKUP", { project, instance: found.instance }, () => this.#drop(found));
  }

  #drop(backup: Backup): void {
    this.backups.splice(this.backups.indexOf(backup), 1);
  }
}
