import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** What a host says to an address. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

export interface Host {
  /** Without a slash at the end. */
  readonly origin: string;
  close(): Promise<void>;
}

/** Serves by the rules that a test plays a host with. */
export async function serve(answer: (path: string) => Promise<Answer>): Promise<Host> {
  const server = createServer((request, response) => {
    answer(decodeURIComponent(new URL(request.url ?? "/", "http://host").pathname)).then(
      ({ status, headers, body }) => response.writeHead(status, headers).end(body),
      (error: Error) => response.writeHead(500).end(error.message),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
