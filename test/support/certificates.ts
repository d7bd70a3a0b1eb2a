import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import forge from "node-forge";

/** A certificate and its key, in PEM form. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export interface CertificateNeeds {
  /** Common name of its subject. */
  readonly name: string;
  /** Host names and IP addresses on it. */
  readonly hosts?: readonly string[];
  /** Who signs it; left out: itself. */
  readonly by?: Certificate;
  /** The public key that it is for, in PEM form, of who keeps the private one; left out: a new pair. */
  readonly publicKey?: string;
  /** Whether it may sign others. */
  readonly signs?: boolean;
  /** Days from now from which on, and until which, it is valid. */
  readonly days?: readonly [from: number, to: number];
}

const DAY_MS = 86_400_000;
const DNS_NAME = 2;
const IP_ADDRESS = 7;
let made = 0;

/** Makes a certificate as a real authority would. */
export function certificate(needs: CertificateNeeds): Certificate {
  const { name, hosts = [], by, publicKey, signs = false, days = [-1, 1] } = needs;
  const pair = publicKey === undefined ? keyPair() : { publicKey, privateKey: "" };
  const cert = forge.pki.createCertificate();
  const subject = [{ name: "commonName", value: name }];
  cert.publicKey = forge.pki.publicKeyFromPem(pair.publicKey);
  cert.serialNumber = (++made).toString(16).padStart(4, "0");
  cert.validity.notBefore = new Date(Date.now() + days[0] * DAY_MS);
  cert.validity.notAfter = new Date(Date.now() + days[1] * DAY_MS);
  cert.setSubject(subject);
  cert.setIssuer(by ? forge.pki.certificateFromPem(by.cert).subject.attributes : subject);
  const altNames = hosts.map((host) =>
    /^[\d.]+$/.test(host) ? { type: IP_ADDRESS, ip: host } : { type: DNS_NAME, value: host },
  );
  cert.setExtensions([
    { name: "basicConstraints", cA: signs },
    ...(altNames.length > 0 ? [{ name: "subjectAltName", altNames }] : []),
  ]);
  cert.sign(forge.pki.privateKeyFromPem(by?.key ?? pair.privateKey), forge.md.sha256.create());
  return { cert: forge.pki.certificateToPem(cert), key: pair.privateKey };
}

function keyPair(): { publicKey: string; privateKey: string } {
  return generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
  });
}

/** The same key, that needs a passphrase. */
export function encrypted(key: string): string {
  const made = createPrivateKey(key).export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "x" });
  return String(made);
}
