import { auth, sqladmin_v1beta4 } from "@googleapis/sqladmin";
import { withoutRequest } from "../db/cloud-sql/api-error.ts";
import type { InstanceName } from "./instance-name.ts";

export type Instance = sqladmin_v1beta4.Schema$DatabaseInstance;
export type Settings = sqladmin_v1beta4.Schema$Settings;
export type Operation = sqladmin_v1beta4.Schema$Operation;
export type Backup = sqladmin_v1beta4.Schema$Backup;

type Client = sqladmin_v1beta4.Sqladmin;
type ClientOptions = sqladmin_v1beta4.Options;

/** A request that changes something, not sent yet. */
export interface Change {
  /** What it does, for a person. */
  readonly what: string;
  readonly by: (client: Client) => Promise<{ data: Operation }>;
}

/** A request as it goes over the wire. */
export interface Request {
  readonly method: string;
  readonly url: string;
  readonly body: unknown;
}

const SCOPES = ["https://www.googleapis.com/auth/sqlservice.admin"];
/** Milliseconds after which a request has failed. */
const PATIENCE_MS = 30_000;

/** The Cloud SQL Admin API, for one instance. Errors are thrown as ApiError: none holds a request. */
export class Api {
  readonly name: InstanceName;
  readonly #options: ClientOptions;
  readonly #client: Client;

  constructor(name: InstanceName, rootUrl: string | undefined, signal: AbortSignal) {
    this.name = name;
    this.#options = {
      version: "v1beta4",
      auth: new auth.GoogleAuth({ scopes: SCOPES }),
      retry: false,
      timeout: PATIENCE_MS,
      signal,
      ...(rootUrl === undefined ? {} : { rootUrl }),
    };
    this.#client = new sqladmin_v1beta4.Sqladmin(this.#options);
  }

  /** Undefined where there is none of the name. */
  async instance(): Promise<Instance | undefined> {
    const { project, name } = this.name;
    const answer = this.#client.instances.get({ project, instance: name });
    return answer.then(
      ({ data }) => data,
      (error: unknown) => {
        const failed = withoutRequest(error);
        if (failed.code === "CLOUD_404") return undefined;
        throw failed;
      },
    );
  }

  /** Operations of the instance that are not done, the newest first. */
  async underWay(): Promise<Operation[]> {
    const { project, name } = this.name;
    const list = this.#client.operations.list({ project, instance: name, maxResults: 20 });
    const { data } = await list.catch(rethrow);
    return (data.items ?? []).filter(({ status }) => status !== "DONE");
  }

  async operation(operation: string): Promise<Operation> {
    const { project } = this.name;
    const { data } = await this.#client.operations.get({ project, operation }).catch(rethrow);
    return data;
  }

  /** Backups of the instance, also after it is gone. */
  async backups(): Promise<Backup[]> {
    const parent = `projects/${this.name.project}`;
    const found: Backup[] = [];
    let pageToken: string | undefined;
    do {
      const page = this.#client.backups.listBackups({ parent, ...(pageToken ? { pageToken } : {}) });
      const { data } = await page.catch(rethrow);
      found.push(...(data.backups ?? []));
      pageToken = data.nextPageToken ?? undefined;
    } while (pageToken);
    return found.filter(({ instance }) => instance?.split("/").at(-1) === this.name.name);
  }

  insert(body: Instance): Change {
    const { project, region, name } = this.name;
    const requestBody = { name, region, ...body };
    return {
      what: `create ${name}`,
      by: (client) => client.instances.insert({ project, requestBody }),
    };
  }

  /** Changes settings, unless somebody else has changed them since the instance was read. */
  patch(what: string, { settings }: Instance, changed: Settings): Change {
    const { project, name: instance } = this.name;
    const version = settings?.settingsVersion;
    const requestBody = { settings: { ...(version ? { settingsVersion: version } : {}), ...changed } };
    return { what, by: (client) => client.instances.patch({ project, instance, requestBody }) };
  }

  /** @param backupDays how long a last backup is kept; undefined: none is made. */
  delete(backupDays: number | undefined): Change {
    const { project, name: instance } = this.name;
    const last = backupDays === undefined ? {} : { enableFinalBackup: true, finalBackupTtlDays: String(backupDays) };
    return {
      what: `delete ${instance}`,
      by: (client) => client.instances.delete({ project, instance, ...last }),
    };
  }

  deleteBackup(name: string): Change {
    return { what: `delete ${name}`, by: (client) => client.backups.deleteBackup({ name }) };
  }

  async send({ by }: Change): Promise<Operation> {
    const { data } = await by(this.#client).catch(rethrow);
    return data;
  }

  /** The request of a change, which is made as always and stopped at the last step before the network. */
  async request({ by }: Change): Promise<Request> {
    let seen: Request | undefined;
    const adapter: NonNullable<ClientOptions["adapter"]> = async (options) => {
      const { method, url, data } = options as { method?: string; url?: unknown; data?: unknown };
      seen = { method: method ?? "GET", url: String(url), body: typeof data === "string" ? JSON.parse(data) : data };
      return Object.assign(new Response("{}"), { config: options, data: {} }) as never;
    };
    await by(new sqladmin_v1beta4.Sqladmin({ ...this.#options, adapter })).catch(rethrow);
    if (!seen) throw new Error("no request was made");
    return seen;
  }
}

function rethrow(error: unknown): never {
  throw withoutRequest(error);
}
