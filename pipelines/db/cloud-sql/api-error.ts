/** What Google's API, or asking it, came to. */
export interface ApiError extends Error {
  /** CLOUD_ and the status of the answer; else what Node or the connector calls it. */
  readonly code: string;
  /** The API's own word for it, where it answered. */
  readonly reason?: string;
}

interface Failed {
  readonly message?: unknown;
  readonly code?: unknown;
  readonly status?: unknown;
  readonly response?: { readonly status?: unknown; readonly data?: unknown };
  readonly cause?: unknown;
}

const NO_CREDENTIALS = /default credentials|GOOGLE_APPLICATION_CREDENTIALS|credential/i;

/** An error of a request as one that holds no request: in that is a token. */
export function withoutRequest(error: unknown): ApiError {
  const { message, code, status, response } = error as Failed;
  const text = typeof message === "string" ? message : String(error);
  const answer = Number(response?.status ?? status ?? Number.NaN);
  const kind = Number.isInteger(answer) ? `CLOUD_${answer}` : typeof code === "string" ? code : kindOf(text);
  const { error: said } = (response?.data ?? {}) as { error?: { errors?: { reason?: unknown }[] } };
  const reason = said?.errors?.[0]?.reason;
  return Object.assign(new Error(text), { code: kind, ...(typeof reason === "string" ? { reason } : {}) });
}

const kindOf = (text: string): string => (NO_CREDENTIALS.test(text) ? "CLOUD_CREDENTIALS" : "CLOUD");
