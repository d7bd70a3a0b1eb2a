import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import type { ConnectionOptions } from "node:tls";
import { EXIT, SentinelError } from "../cli/errors.ts";

/** What was asked for about TLS, by the names that libpq gives it: files, and the one name that is Sentinel's own. */
export interface TlsSettings {
  readonly sslmode?: string | undefined;
  readonly sslrootcert?: string | undefined;
  readonly sslcert?: string | undefined;
  readonly sslkey?: string | undefined;
  /** The name that the server's certificate must have, where that is not the host's. */
  readonly sslservername?: string | undefined;
}

/** The files and the name that a session is secured by; `sslmode` is verify-full. */
export type TlsPlan = Omit<TlsSettings, "sslmode">;

/** As plain data, so that it can be sent to a worker thread: `servername` is what `newClient` verifies. */
export type TlsConfig = Pick<ConnectionOptions, "rejectUnauthorized" | "ca" | "cert" | "key" | "servername">;

/** libpq's word for the authorities that the system trusts. */
const SYSTEM = "system";

/**
 * How to secure the way to a host; undefined where it never leaves this machine and nobody asked for TLS. Beyond this machine the certificate
 * and the name are verified, whatever weaker mode was asked for.
 * @throws SentinelError exit 3, where TLS beyond this machine is turned off.
 */
export function tlsPlan(host: string, given: TlsSettings, env: NodeJS.ProcessEnv): TlsPlan | undefined {
  const { sslmode, ...named } = given;
  if (isLocal(host)) {
    const isWeak = sslmode === undefined || ["disable", "allow", "prefer"].includes(sslmode);
    const isNamed = Object.values(named).some((value) => value !== undefined);
    if (isWeak && !(isNamed && sslmode === undefined)) return undefined;
  } else if (sslmode === "disable") {
    throw new SentinelError({
      exitCode: EXIT.database,
      cause: `sslmode=disable would send the password and the fleet in the clear to ${host}.`,
      remedy: "Leave sslmode out: beyond this machine Sentinel verifies the server's certificate (verify-full).",
    });
  }
  return {
    sslrootcert: given.sslrootcert ?? set(env.PGSSLROOTCERT),
    sslcert: given.sslcert ?? set(env.PGSSLCERT),
    sslkey: given.sslkey ?? set(env.PGSSLKEY),
    sslservername: given.sslservername ?? set(env.SENTINEL_TLS_SERVERNAME),
  };
}

const set = (value: string | undefined): string | undefined => (value === "" ? undefined : value);

/** A socket, or an address that never leaves this machine. */
function isLocal(host: string): boolean {
  return host.startsWith("/") || host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}

/**
 * Reads the files of a plan.
 * @throws SentinelError exit 2, where one can't be read or is not what it must be, or a key is open to others.
 */
export function readTls({ sslrootcert, sslcert, sslkey, sslservername }: TlsPlan): TlsConfig {
  refuseText(sslrootcert, "certificate", AUTHORITY);
  refuseText(sslcert, "certificate", OWN);
  refuseText(sslkey, "key", KEY);
  const isSystem = sslrootcert === undefined || sslrootcert === SYSTEM;
  return {
    rejectUnauthorized: true,
    ...(isSystem ? {} : { ca: readCertificate(sslrootcert, AUTHORITY) }),
    ...readIdentity(sslcert, sslkey),
    ...(sslservername === undefined ? {} : { servername: sslservername }),
  };
}

const AUTHORITY = "Point sslrootcert or PGSSLROOTCERT at the PEM file of the server's certificate authority.";
const OWN = "Point sslcert or PGSSLCERT at the PEM file of the certificate that the server knows you by.";
const KEY = "Point sslkey or PGSSLKEY at the PEM file of the private key that belongs to sslcert.";

/** Who gives what is in the file for its name has it shown in no message, where a name would be. */
function refuseText(file: string | undefined, what: string, remedy: string): void {
  if (file === undefined || !/-----BEGIN|[\r\n]/.test(file)) return;
  throw refused(`What is in a ${what} file was given in place of the file's name; it is not shown here.`, remedy);
}

/** What this side shows, where the server asks who it is: a certificate and its key, or neither. */
function readIdentity(sslcert: string | undefined, sslkey: string | undefined): Pick<TlsConfig, "cert" | "key"> {
  if (sslcert === undefined && sslkey === undefined) return {};
  if (sslcert === undefined) throw refused(`The key file ${sslkey} is given without its certificate.`, OWN);
  if (sslkey === undefined) throw refused(`The certificate file ${sslcert} is given without its key.`, KEY);
  const cert = readCertificate(sslcert, OWN);
  refuseOpenKey(sslkey);
  const key = read(sslkey, "key", KEY);
  if (!new X509Certificate(cert).checkPrivateKey(privateKey(sslkey, key))) {
    throw refused(`The key in ${sslkey} does not belong to the certificate in ${sslcert}.`, KEY);
  }
  return { cert, key };
}

function readCertificate(file: string, remedy: string): string {
  const text = read(file, "certificate", remedy);
  try {
    new X509Certificate(text);
    return text;
  } catch (error) {
    throw refused(`The certificate file ${file} holds no certificate in PEM form.`, remedy, error);
  }
}

/** As libpq has it: who owns it alone may read it; where root does, a group may. */
function refuseOpenKey(file: string): void {
  if (process.platform === "win32") return;
  const stat = statSync(file, { throwIfNoEntry: false });
  if (!stat || (stat.mode & (stat.uid === 0 ? 0o027 : 0o077)) === 0) return;
  throw new SentinelError({
    exitCode: EXIT.usage,
    cause: `Others may read the key file ${file}, so that it is no secret.`,
    remedy: "Let its owner alone read it, and have a new key made if anybody may have seen it:",
    command: `chmod 600 "${file}"`,
  });
}

function privateKey(file: string, text: string): KeyObject {
  try {
    return createPrivateKey(text);
  } catch (error) {
    if (!/ENCRYPTED/.test(text)) throw refused(`The key file ${file} holds no private key in PEM form.`, KEY, error);
    throw new SentinelError(
      {
        exitCode: EXIT.usage,
        cause: `The key in ${file} is encrypted, and a command that runs unattended can't ask for its passphrase.`,
        remedy: "Store it decrypted in a file that its owner alone may read:",
        command: `umask 077 && openssl pkey -in "${file}" -out "${file}.plain"`,
      },
      { cause: error },
    );
  }
}

function read(file: string, what: string, remedy: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw refused(`The ${what} file ${file} cannot be read.`, remedy, error);
  }
}

function refused(cause: string, remedy: string, error?: unknown): SentinelError {
  return new SentinelError({ exitCode: EXIT.usage, cause, remedy }, error === undefined ? undefined : { cause: error });
}
