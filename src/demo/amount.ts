/** `£12,345.50`. @param minorUnits pence, cents; a currency without them (JPY) counts whole ones. */
export function amountText(minorUnits: number, currency: string): string {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 0;
  return format.format(minorUnits / 10 ** digits);
}

/** `1,362` */
export function countText(count: number): string {
  return count.toLocaleString('en');
}
