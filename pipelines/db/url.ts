import type { Target } from "./connect.ts";

/** A target as one URL, password and all: for other tools, never for a log. */
export function connectionUrl({ config }: Target): string {
  const { host = "", port, user = "", database = "", password, ssl } = config;
  const secret = typeof password === "string" ? `:${encodeURIComponent(password)}` : "";
  const socket = host.startsWith("/");
  const place = socket ? "" : `${host.includes(":") ? `[${host}]` : host}:${port}`;
  const query = new URLSearchParams();
  if (socket) {
    query.set("host", host);
    query.set("port", String(port));
  }
  if (ssl) query.set("sslmode", "verify-full");
  const tail = query.size > 0 ? `?${query}` : "";
  return `postgres://${encodeURIComponent(user)}${secret}@${place}/${encodeURIComponent(database)}${tail}`;
}
