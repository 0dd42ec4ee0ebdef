/**
 * The signed-rank test of paired differences: F. Wilcoxon, "Individual comparisons by ranking methods", Biometrics
 * Bulletin 1, 1945. Two-sided. Differences of 0 say nothing and are left out, as Wilcoxon does.
 */

export interface SignedRankTest {
  /** How many differences are not 0. */
  readonly n: number;
  /** The smaller one of the sums of the ranks of positive and of negative differences. */
  readonly statistic: number;
  readonly p: number;
  /** Whether p comes from the distribution itself, or from its approximation by a normal one. */
  readonly exact: boolean;
}

/** The most differences for which the distribution is computed: counts up to 2^50 are exact in a double. */
const EXACT = 50;

export function signedRankTest(differences: readonly number[]): SignedRankTest {
  const ranked = doubledRanks(differences.filter((difference) => difference !== 0));
  const n = ranked.length;
  const sum = (of: readonly Ranked[]) => of.reduce((total, { rank }) => total + rank, 0);
  const least = Math.min(sum(ranked.filter(({ sign }) => sign > 0)), sum(ranked.filter(({ sign }) => sign < 0)));
  const ranks = ranked.map(({ rank }) => rank);
  const exact = n <= EXACT;
  return { n, statistic: least / 2, p: exact ? exactP(ranks, least) : normalP(ranks, least), exact };
}

interface Ranked {
  /** Twice the rank, which is whole for equal values too: they share the mean of their ranks. */
  readonly rank: number;
  readonly sign: number;
}

function doubledRanks(differences: readonly number[]): Ranked[] {
  const sorted = differences.map((value) => ({ size: Math.abs(value), sign: Math.sign(value) }));
  sorted.sort((a, b) => a.size - b.size);
  return sorted.map(({ size, sign }) => {
    const first = sorted.findIndex((other) => other.size === size);
    const last = sorted.findLastIndex((other) => other.size === size);
    return { rank: first + last + 2, sign };
  });
}

/** The fraction of the 2^n ways to give signs to the ranks that have a sum as small as this on either side. */
function exactP(ranks: readonly number[], least: number): number {
  // ways[s]: how many subsets of the ranks so far have the sum s.
  const ways = new Array<number>(least + 1).fill(0);
  ways[0] = 1;
  for (const rank of ranks) for (let s = least; s >= rank; s--) ways[s]! += ways[s - rank]!;
  const smaller = ways.reduce((total, count) => total + count, 0);
  return Math.min(1, (2 * smaller) / 2 ** ranks.length);
}

/** The p-value of the normal approximation, with the corrections for ties and for continuity. */
function normalP(ranks: readonly number[], least: number): number {
  const mean = ranks.reduce((total, rank) => total + rank, 0) / 4;
  // The sum of (rank / 2)^2 / 4, which is n(n+1)(2n+1)/24 less the ties' sum of (t^3 - t)/48.
  const variance = ranks.reduce((total, rank) => total + rank ** 2, 0) / 16;
  const z = (mean - least / 2 - 0.5) / Math.sqrt(variance);
  return Math.min(1, 2 * upperTail(Math.max(0, z)));
}

/** The probability that a standard normal variable is above z >= 0. */
export function upperTail(z: number): number {
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  if (z < 2.5) {
    // z + z^3/3 + z^5/(3 5) + …
    let [term, sum] = [z, z];
    for (let k = 3; term > 1e-17 * sum; k += 2) {
      term *= (z * z) / k;
      sum += term;
    }
    return 0.5 - density * sum;
  }
  // Laplace's continued fraction, 1/(z + 1/(z + 2/(z + 3/(z + …
  let tail = z;
  for (let k = 100; k >= 1; k--) tail = z + k / tail;
  return density / tail;
}
