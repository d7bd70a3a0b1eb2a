import { place, short } from "./format.js";

/**
 * Short labels for names that a device or an import may have made endless, all different: two names that are cut to the same
 * text would otherwise be drawn over each other.
 */
export function labeller(names: readonly (string | null)[], length = 22): (name: string | null) => string {
  const labels = new Map<string | null, string>();
  const used = new Set<string>();
  for (const name of new Set(names)) {
    const base = short(place(name), length);
    let label = base;
    for (let turn = 2; used.has(label); turn += 1) label = `${base} (${turn})`;
    used.add(label);
    labels.set(name, label);
  }
  return (name) => labels.get(name) ?? short(place(name), length);
}
