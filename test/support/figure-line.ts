/** What a proof has shown, on one line: `crash: 100 kills -9: 23 more while starting, acknowledged: 18233, lost: 0`. */
export function figureLine(
  proof: string,
  figures: Readonly<Record<string, string | number>>,
): void {
  const told = Object.entries(figures).map(([what, figure]) => `${what}: ${figure}`);
  process.stdout.write(`${proof}: ${told.join(', ')}\n`);
}
