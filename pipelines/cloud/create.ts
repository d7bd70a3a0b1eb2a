import { EXIT, SentinelError } from "../cli/errors.ts";
import type { Options } from "../cli/options.ts";
import type { Instance, Settings } from "./api.ts";
import { converge } from "./converge.ts";
import { fullName } from "./instance-name.ts";
import { editionOf } from "./prices.ts";
import { type CloudSession, told } from "./session.ts";

const VERSION = "POSTGRES_17";
const TIER = "db-custom-2-7680";
const DISK_GB = 10;

/** `cloud create`: makes the instance; one that is there is brought to what is asked for, and to nothing else. */
export async function create(session: CloudSession): Promise<void> {
  const { api, context } = session;
  const { isChanged } = await converge(session, (instance) => {
    if (!instance) return api.insert(newInstance(context.options));
    const changed = changes(instance, context.options);
    return changed && api.patch("change settings", instance, changed);
  });
  told(session, "create", isChanged, `${fullName(api.name)} is as it was asked for.`);
}

/** Small, in one zone, encrypted, protected and with daily backups: what costs more is for who asks for it. */
function newInstance({ tier = TIER, disk = DISK_GB, sslMode = "ENCRYPTED_ONLY", protect = "on" }: Options): Instance {
  return {
    databaseVersion: VERSION,
    settings: {
      tier,
      edition: editionOf(tier),
      availabilityType: "ZONAL",
      activationPolicy: "ALWAYS",
      dataDiskType: "PD_SSD",
      dataDiskSizeGb: String(disk),
      storageAutoResize: true,
      deletionProtectionEnabled: protect === "on",
      backupConfiguration: { enabled: true },
      ipConfiguration: { ipv4Enabled: true, sslMode, authorizedNetworks: [] },
    },
  };
}

/** What of the options an instance is not yet; undefined: nothing. */
function changes({ settings = {} }: Instance, { tier, disk, sslMode, protect }: Options): Settings | undefined {
  const size = Number(settings.dataDiskSizeGb ?? 0);
  if (disk !== undefined && disk < size) {
    throw new SentinelError({
      exitCode: EXIT.usage,
      cause: `The disk has ${size} GB, and none of Cloud SQL's gets smaller.`,
      remedy:
        "Leave --disk out, or make another instance and bring the campaigns over (npm run export, npm run import).",
    });
  }
  const isProtected = settings.deletionProtectionEnabled ?? false;
  const changed: Settings = {
    ...(tier !== undefined && tier !== settings.tier ? { tier } : {}),
    ...(disk !== undefined && disk > size ? { dataDiskSizeGb: String(disk) } : {}),
    ...(sslMode !== undefined && sslMode !== settings.ipConfiguration?.sslMode ? { ipConfiguration: { sslMode } } : {}),
    ...(protect !== undefined && (protect === "on") !== isProtected
      ? { deletionProtectionEnabled: protect === "on" }
      : {}),
  };
  return Object.keys(changed).length > 0 ? changed : undefined;
}
