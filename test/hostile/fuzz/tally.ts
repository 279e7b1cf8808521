/** What a server has said to whatever it was sent, and what of it is wrong. */

/** What must not happen, and how to see it again. */
export interface Finding {
  readonly what: string;
  readonly visit: number;
  /** 0.., within the visit. */
  readonly input: number;
}

/** More of the same say nothing new. */
const FINDINGS_MAX = 20;

export class Tally {
  inputs = 0;
  readonly findings: Finding[] = [];
  readonly #counts = new Map<string, number>();

  /** @param answer a status, `closed`, a frame, … */
  count(answer: string): void {
    this.#counts.set(answer, (this.#counts.get(answer) ?? 0) + 1);
  }

  countOf(answer: string): number {
    return this.#counts.get(answer) ?? 0;
  }

  find(finding: Finding): void {
    if (this.findings.length < FINDINGS_MAX) this.findings.push(finding);
  }

  /** The most frequent first. */
  counts(): [answer: string, count: number][] {
    return [...this.#counts].sort(([, a], [, b]) => b - a);
  }
}
