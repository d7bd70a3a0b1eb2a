import type { PeerCertificate } from "node:tls";
import type { Target } from "./connect.ts";

/** What is wrong with a secured connection, and what to do about it. Every such error is final: nothing is tried again, or without TLS. */
export interface TlsAnswer {
  readonly cause: string;
  readonly remedy: string;
}

interface Failure {
  readonly code: string;
  readonly message: string;
  /** The server's, where the handshake got so far. */
  readonly cert: Partial<PeerCertificate>;
  readonly target: Target;
}

type Case = readonly [when: (failure: Failure) => boolean, answer: (failure: Failure) => TlsAnswer];

const hasCode =
  (codes: RegExp) =>
  ({ code }: Failure): boolean =>
    codes.test(code);
const says =
  (text: RegExp) =>
  ({ message }: Failure): boolean =>
    text.test(message);

const CASES: readonly Case[] = [
  [says(/does not support SSL/), speaksNone],
  [hasCode(/^CERT_HAS_EXPIRED$/), expired],
  [hasCode(/^CERT_NOT_YET_VALID$/), notYetValid],
  [hasCode(/^ERR_TLS_CERT_ALTNAME/), otherName],
  [hasCode(/^DEPTH_ZERO_SELF_SIGNED_CERT$/), selfSigned],
  [hasCode(/^(SELF_SIGNED|UNABLE_TO|CERT_|ERR_TLS_CERT)/), unknownAuthority],
  [({ code, message }) => code === "28000" && /client certificate/.test(message), wantsCertificate],
  [({ code, target }) => /^28/.test(code) && target.tls?.sslcert !== undefined, refusedWithCertificate],
  [hasCode(/^ERR_SSL_.*ALERT_(UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_)/), ownRefused],
  [({ code, message }) => code === "28000" && /no pg_hba\.conf entry .* no encryption/.test(message), wantsTls],
  [hasCode(/^(ERR_SSL|ERR_TLS|ERR_OSSL|EPROTO)/), handshakeFailed],
];

/** Answers for an error of TLS, or of who is let in by it; undefined for any other. */
export function explainTls(error: unknown, target: Target): TlsAnswer | undefined {
  const { code, message, cert } = error as { code?: unknown; message?: unknown; cert?: Partial<PeerCertificate> };
  const failure = { code: String(code ?? ""), message: String(message ?? ""), cert: cert ?? {}, target };
  return CASES.find(([when]) => when(failure))?.[1](failure);
}

function speaksNone({ target }: Failure): TlsAnswer {
  return {
    cause: `The server at ${target.config.host} speaks no TLS. It was asked for, as it always is beyond this machine; nothing was sent.`,
    remedy: "Turn TLS on at the server, or reach it through a tunnel that ends on 127.0.0.1.",
  };
}

function expired({ cert, target }: Failure): TlsAnswer {
  const end = moment(cert.valid_to);
  const isOwn = end !== undefined && end <= new Date();
  return {
    cause: isOwn
      ? `The certificate of ${target.config.host} expired at ${end.toISOString()}.`
      : `The certificate of ${target.config.host} rests on an authority whose own certificate has expired.`,
    remedy: "Have it renewed at the server; if this machine's clock runs ahead, set that right.",
  };
}

function notYetValid({ cert, target }: Failure): TlsAnswer {
  const start = moment(cert.valid_from);
  const from = start !== undefined && start > new Date() ? `before ${start.toISOString()}` : "yet";
  return {
    cause: `The certificate of ${target.config.host} is not valid ${from}.`,
    remedy: "Set this machine's clock right if it runs behind; else wait, or have another one made.",
  };
}

function otherName({ cert, target }: Failure): TlsAnswer {
  const wanted = target.tls?.sslservername ?? target.config.host;
  const names = cert.subjectaltname ?? (cert.subject?.CN ? `CN:${cert.subject.CN}` : "none");
  return {
    cause: `The certificate that ${target.config.host} shows is not for ${wanted}. The names on it: ${names.slice(0, 500)}.`,
    remedy:
      "Connect by a name that it has. If it has one that is no host's, as with Cloud SQL, give that in sslservername= or SENTINEL_TLS_SERVERNAME.",
  };
}

function selfSigned({ target }: Failure): TlsAnswer {
  return {
    cause: `The certificate of ${target.config.host} is signed by itself, so that anybody could have made it.`,
    remedy:
      "If it is the server's own, give its PEM file, got from who runs the server, in sslrootcert= or PGSSLROOTCERT.",
  };
}

function unknownAuthority({ target, message }: Failure): TlsAnswer {
  const { sslrootcert } = target.tls ?? {};
  const known = sslrootcert === undefined || sslrootcert === "system" ? "the public ones" : `those in ${sslrootcert}`;
  return {
    cause: `The certificate of ${target.config.host} cannot be trusted: its authority is none of ${known} (${message}).`,
    remedy: "Give the PEM file of the authority that made it in sslrootcert= or PGSSLROOTCERT; it is never skipped.",
  };
}

function wantsCertificate({ target }: Failure): TlsAnswer {
  return {
    cause: `The server of ${target.label} lets nobody in without a certificate that it knows him by.`,
    remedy: "Give one and its key in sslcert= and sslkey=, or PGSSLCERT and PGSSLKEY.",
  };
}

/** The server does not say which of them it was. */
function refusedWithCertificate({ target }: Failure): TlsAnswer {
  return {
    cause: `The server refused the user ${target.config.user}, his password, or that ${target.tls?.sslcert} is his certificate.`,
    remedy: "Check user and password; a server may ask that the common name (CN) of the certificate be the user's.",
  };
}

function ownRefused({ target, message }: Failure): TlsAnswer {
  return {
    cause: `The server at ${target.config.host} does not accept the certificate in ${target.tls?.sslcert ?? "sslcert"} (${reason(message)}).`,
    remedy: "Give one in sslcert= or PGSSLCERT that is valid now and made by the authority that the server trusts.",
  };
}

function wantsTls({ target }: Failure): TlsAnswer {
  return {
    cause: `The server of ${target.label} lets nobody in without TLS.`,
    remedy: "Ask for it: sslmode=verify-full, with the certificate authority's PEM file in sslrootcert=.",
  };
}

function handshakeFailed({ target, message }: Failure): TlsAnswer {
  return {
    cause: `No secured connection to ${target.config.host} came about: ${reason(message)}.`,
    remedy: "Check that both sides have a version of TLS in common (1.2 or newer here), and the files that are given.",
  };
}

/** OpenSSL's word for it, without the place in its code. */
function reason(message: string): string {
  return /SSL routines:[^:]*:([^:]+)/.exec(message)?.[1] ?? message;
}

function moment(text: string | undefined): Date | undefined {
  const date = new Date(text ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
