import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type Certificate, certificate } from "../certificates.ts";
import { type Gate, openGate } from "./gate.ts";
import { Instances, type Json } from "./instances.ts";
import { Operations } from "./operations.ts";
import { type Call, Refusal, read } from "./routes.ts";
import { problem } from "./schema.ts";

/** How a call ends instead of as it should. */
interface Fault {
  readonly method: string;
  readonly status: number;
  readonly reason?: string;
  readonly message?: string;
  /** It is done all the same; the answer is what gets lost. */
  readonly isDone?: boolean;
}

/** What was asked for, beside looking. */
export interface Change {
  readonly verb: string;
  readonly path: string;
  readonly body: unknown;
}

/** A loopback address where no gate ever opens. */
const NOBODY = "127.0.0.2";

/**
 * Plays the Cloud SQL Admin API on a loopback address, as strictly as its published description allows: routes, parameters, fields and values
 * that are not in it are refused, in its own answers too.
 */
export class StandIn {
  readonly operations = new Operations();
  readonly instances = new Instances(this.operations);
  readonly changes: Change[] = [];
  /** Methods in the order in which they were called. */
  readonly calls: string[] = [];
  /** Tokens of users' certificates that were made for IAM. */
  readonly iam: string[] = [];
  readonly #faults: Fault[] = [];
  readonly #hooks: [method: string, run: () => void][] = [];
  readonly #tokens = new Set<string>();
  readonly #gates = new Map<string, Gate>();
  readonly #clients: Certificate = certificate({ name: "Google Cloud SQL Client CA", signs: true });
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  /** What this machine's address is said to be. */
  address = "203.0.113.7";

  async open(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return this.url;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  async close(): Promise<void> {
    for (const gate of this.#gates.values()) await gate.close();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  /** The environment of a command that is to meet this: the API, and credentials that are good for it, by a real exchange of tokens. */
  environment(folder: string): Record<string, string> {
    const subject = join(folder, "subject");
    const file = join(folder, "credentials.json");
    writeFileSync(subject, "a workload's own token");
    const text = {
      type: "external_account",
      audience: "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/tests/providers/tests",
      subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
      token_url: `${this.url}token`,
      credential_source: { file: subject },
    };
    writeFileSync(file, JSON.stringify(text));
    return {
      SENTINEL_CLOUD_API: this.url,
      SENTINEL_ADDRESS_SERVICE: `${this.url}address`,
      GOOGLE_APPLICATION_CREDENTIALS: file,
      // Else Google is asked for its name.
      GOOGLE_CLOUD_PROJECT: "tests",
    };
  }

  /** Gives an instance a door to a PostgreSQL. */
  async openGate(instance: string, serverUrl: string): Promise<Gate> {
    const { project } = this.instances.all.get(instance) ?? {};
    const gate = await openGate({ name: `${project}:${instance}`, clients: this.#clients, serverUrl });
    this.#gates.set(instance, gate);
    return gate;
  }

  /** Has the next call of a method end in another way. */
  fail(fault: Fault, times = 1): void {
    for (let time = 0; time < times; time++) this.#faults.push(fault);
  }

  /** Forgets what was to fail and did not come to it. */
  calm(): void {
    this.#faults.length = 0;
  }

  /** Runs something, once, just before a method is called the next time: what somebody else does meanwhile. */
  before(method: string, run: () => void): void {
    this.#hooks.push([method, run]);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", this.url);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const send = (status: number, body: unknown): void => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    };
    try {
      if (url.pathname === "/token") return send(200, this.#token());
      if (url.pathname === "/address") return void response.end(`${this.address}\n`);
      this.#admit(request);
      send(200, this.#call(request.method ?? "", url, text));
    } catch (error) {
      if (!(error instanceof Refusal)) return send(500, { error: { code: 500, message: String(error) } });
      const { status, reason, message } = error;
      send(status, { error: { code: status, message, errors: [{ message, domain: "global", reason }] } });
    }
  }

  #token(): unknown {
    const token = `ya29.${randomUUID()}`;
    this.#tokens.add(token);
    const type = "urn:ietf:params:oauth:token-type:access_token";
    return { access_token: token, issued_token_type: type, token_type: "Bearer", expires_in: 3600 };
  }

  #admit({ headers }: IncomingMessage): void {
    const token = /^Bearer (.+)$/.exec(headers.authorization ?? "")?.[1] ?? "";
    if (!this.#tokens.has(token))
      throw new Refusal(401, "authError", "Request had invalid authentication credentials.");
  }

  #call(verb: string, url: URL, text: string): unknown {
    const call = read(verb, url, text);
    this.calls.push(call.name);
    this.#meanwhile(call.name);
    const at = this.#faults.findIndex(({ method }) => method === call.name);
    const fault = at < 0 ? undefined : this.#faults.splice(at, 1)[0];
    const refusal =
      fault && new Refusal(fault.status, fault.reason ?? "backendError", fault.message ?? "Played fault.");
    if (refusal && !fault.isDone) throw refusal;
    if (verb !== "GET" && !url.pathname.includes(":generate")) {
      this.changes.push({ verb, path: `${url.pathname}${url.search}`, body: call.body });
    }
    const answer = this.#do(call);
    const wrong = problem(call.method.responseType, answer);
    if (wrong) throw new Error(`the stand-in itself is wrong: ${wrong}`);
    if (refusal) throw refusal;
    return answer;
  }

  #meanwhile(method: string): void {
    const at = this.#hooks.findIndex(([name]) => name === method);
    if (at >= 0) this.#hooks.splice(at, 1)[0]?.[1]();
  }

  #do({ name, params, query, body }: Call): unknown {
    const { project = "", instance = "" } = params;
    switch (name) {
      case "SqlInstancesService.Get":
        return this.instances.get(project, instance);
      case "SqlInstancesService.List":
        return { kind: "sql#instancesList", items: [...this.instances.all.values()] };
      case "SqlInstancesService.Insert":
        return this.instances.insert(project, body as Json);
      case "SqlInstancesService.Patch":
        return this.instances.patch(project, instance, body as Json);
      case "SqlInstancesService.Delete":
        return this.instances.delete(project, instance, query);
      case "SqlOperationsService.Get":
        return this.operations.get(params.operation ?? "");
      case "SqlOperationsService.List":
        return { kind: "sql#operationsList", items: this.operations.list(query.instance) };
      case "SqlBackupsService.ListBackups":
        return this.#page(query.pageToken);
      case "SqlBackupsService.DeleteBackup":
        return this.instances.deleteBackup(params.name ?? "");
      case "SqlConnectService.GetConnectSettings":
        return this.#connectSettings(project, instance);
      case "SqlConnectService.GenerateEphemeralCert":
        return this.#ephemeral(project, instance, body as Json);
      default:
        throw new Refusal(501, "notImplemented", `Nobody plays ${name} yet.`);
    }
  }

  /** One backup a page, so that who reads only the first is found out. */
  #page(token = "0"): unknown {
    const at = Number(token);
    const { backups } = this.instances;
    const more = at + 1 < backups.length ? { nextPageToken: String(at + 1) } : {};
    return { backups: backups.slice(at, at + 1), ...more };
  }

  #connectSettings(project: string, name: string): unknown {
    const { region, databaseVersion } = this.instances.get(project, name);
    const gate = this.#gates.get(name);
    return {
      kind: "sql#connectSettings",
      region,
      databaseVersion,
      backendType: "SECOND_GEN",
      serverCaMode: "GOOGLE_MANAGED_INTERNAL_CA",
      ipAddresses: gate ? [{ type: "PRIMARY", ipAddress: gate.address }] : [{ type: "PRIVATE", ipAddress: NOBODY }],
      serverCaCert: {
        kind: "sql#sslCert",
        cert: gate?.authority ?? this.#clients.cert,
        expirationTime: "2036-01-01T00:00:00Z",
      },
    };
  }

  #ephemeral(project: string, name: string, body: Json): unknown {
    const { settings } = this.instances.get(project, name);
    if (settings.activationPolicy !== "ALWAYS") {
      throw new Refusal(400, "invalidState", "Invalid request: instance is not running.");
    }
    const token = body.access_token;
    if (token !== undefined) this.iam.push(String(token));
    if (token !== undefined && !this.#tokens.has(String(token)))
      throw new Refusal(401, "authError", "Invalid access token.");
    const { cert } = certificate({ name: "sentinel", publicKey: String(body.public_key), by: this.#clients });
    return { ephemeralCert: { kind: "sql#sslCert", cert, instance: name } };
  }
}
