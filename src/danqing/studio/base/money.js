// Sums of money, exact to the nano-dollar.

const NANOS = 1_000_000_000n;

/** So many nano-dollars, as the API tells them. @param {bigint} nanos @returns {Api.Money} */
export function money(nanos) {
  const size = nanos < 0n ? -nanos : nanos;
  const cents = (size % NANOS).toString().padStart(9, "0").replace(/0{1,7}$/, "");
  return { usd: `${nanos < 0n ? "-" : ""}${size / NANOS}.${cents}`, nanos: Number(nanos) };
}

/** @param {Api.Money} told */
export function nanosOf(told) {
  const [whole, part = ""] = told.usd.replace("-", "").split(".");
  const nanos = BigInt(whole) * NANOS + BigInt(part.padEnd(9, "0"));
  return told.usd.startsWith("-") ? -nanos : nanos;
}

/** @param {Api.Money[]} all */
export const total = (all) => money(all.reduce((sum, one) => sum + nanosOf(one), 0n));
