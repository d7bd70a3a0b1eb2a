import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { createServer, type TLSSocket } from "node:tls";
import { type Certificate, certificate } from "../certificates.ts";
import { splice } from "../splice.ts";

/** The port that Cloud SQL's connectors go to, whatever the instance. */
const PORT = 3307;

/** The door of an instance: TLS 1.3 with certificates on both sides, and a real PostgreSQL behind it. */
export interface Gate {
  readonly address: string;
  /** Common names of who came, one a connection. */
  readonly visitors: readonly string[];
  /** Of the server's authority. */
  readonly authority: string;
  /** Lets it show another certificate from now on. */
  show(shown: Certificate): void;
  close(): Promise<void>;
}

export interface GateNeeds {
  /** project:instance, which the server's certificate is for. */
  readonly name: string;
  /** Who made the certificates of those that are let in. */
  readonly clients: Certificate;
  /** The PostgreSQL behind it. */
  readonly serverUrl: string;
}

/** Opens a door on a loopback address of its own, since the port is a given one. */
export async function openGate({ name, clients, serverUrl }: GateNeeds): Promise<Gate> {
  const authority = certificate({ name: "Google Cloud SQL Server CA", signs: true });
  const visitors: string[] = [];
  const open = new Set<Socket>();
  const behind = new URL(serverUrl);
  const server = createServer(
    {
      ...certificate({ name, by: authority }),
      ca: clients.cert,
      requestCert: true,
      rejectUnauthorized: true,
      minVersion: "TLSv1.3",
    },
    (near: TLSSocket) => {
      visitors.push(String(near.getPeerCertificate().subject.CN));
      splice(near, connect(Number(behind.port), behind.hostname), open);
    },
  );
  const address = `127.${part()}.${part()}.${part()}`;
  server.on("tlsClientError", () => {});
  server.listen(PORT, address);
  await once(server, "listening");
  return {
    address,
    visitors,
    authority: authority.cert,
    show: (shown) => server.setSecureContext({ ...shown, ca: clients.cert }),
    async close() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

const part = (): number => 1 + Math.floor(Math.random() * 253);
