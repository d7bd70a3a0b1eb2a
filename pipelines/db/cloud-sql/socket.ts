import type { TLSSocket } from "node:tls";
import { AuthTypes, Connector, IpAddressTypes } from "@google-cloud/cloud-sql-connector";
import { withoutRequest } from "./api-error.ts";
import type { CloudSqlPlan, Way } from "./url.ts";

const ADDRESSES: Readonly<Record<Way, IpAddressTypes>> = {
  public: IpAddressTypes.PUBLIC,
  private: IpAddressTypes.PRIVATE,
  psc: IpAddressTypes.PSC,
};
const LATE = { code: "CLOUD_LATE" };

/**
 * Asks Google's API where an instance is and for a certificate of one's own, and returns what opens a socket to it: TLS 1.3, the server held to be
 * that instance, this side known by the certificate. A connector serves one session and is closed as soon as it has its socket: a kept one
 * renews certificates in the background, and what fails there would end the process.
 * @throws Error with a `code`: the connector's, Node's, or CLOUD_ and the status of the API; never with a request, which holds a token.
 */
export async function dial(plan: CloudSqlPlan, patienceMs: number): Promise<() => TLSSocket> {
  const connector = new Connector({ ...(plan.api === undefined ? {} : { sqlAdminAPIEndpoint: plan.api }) });
  const asked = connector.getOptions({
    instanceConnectionName: plan.instance,
    ipType: ADDRESSES[plan.way],
    authType: plan.iam ? AuthTypes.IAM : AuthTypes.PASSWORD,
  });
  const answered = asked.then(
    ({ stream }) => stream,
    (error: unknown) => {
      throw withoutRequest(error);
    },
  );
  try {
    const open = await within(answered, patienceMs);
    return () => {
      const socket = open();
      connector.close();
      return socket;
    };
  } catch (error) {
    // Where the answer comes after all, nobody waits for it any more.
    answered.then(
      () => connector.close(),
      () => {},
    );
    throw error;
  }
}

async function within<T>(work: Promise<T>, patienceMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = Object.assign(new Error("the Cloud SQL Admin API does not answer"), LATE);
    timer = setTimeout(() => reject(error), patienceMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
