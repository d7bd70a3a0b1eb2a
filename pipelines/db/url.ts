import { cloudSqlUrl } from "./cloud-sql/url.ts";
import type { Target } from "./connect.ts";

/** A target as one URL, password and all: for other tools, never for a log. */
export function connectionUrl({ config, tls }: Target): string {
  const { host = "", port, user = "", database = "", password, cloudSql: plan } = config;
  if (plan) return cloudSqlUrl({ user, database, plan, password: typeof password === "string" ? password : undefined });
  const secret = typeof password === "string" ? `:${encodeURIComponent(password)}` : "";
  const socket = host.startsWith("/");
  const place = socket ? "" : `${host.includes(":") ? `[${host}]` : host}:${port}`;
  const query = new URLSearchParams();
  if (socket) {
    query.set("host", host);
    query.set("port", String(port));
  }
  if (tls) query.set("sslmode", "verify-full");
  for (const [name, value] of Object.entries(tls ?? {})) if (value !== undefined) query.set(name, value);
  const tail = query.size > 0 ? `?${query}` : "";
  return `postgres://${encodeURIComponent(user)}${secret}@${place}/${encodeURIComponent(database)}${tail}`;
}
