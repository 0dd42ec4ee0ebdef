/** The statistics of a study. Expected values are those of scipy 1.17.1 where not said otherwise. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dispersionOf } from '../../src/study/compare.js';
import { holm } from '../../src/study/holm.js';
import { signedRankTest, upperTail } from '../../src/study/wilcoxon.js';

function near(actual: number, expected: number, relative = 1e-9): void {
  assert.ok(Math.abs(actual - expected) <= relative * Math.abs(expected), `${actual}, expected ${expected}`);
}

test('without ties: the exact distribution', () => {
  // Darwin's maize, as in the manual of scipy.stats.wilcoxon.
  const maize = [6, 8, 14, 16, 23, 24, 28, 29, 41, -48, 49, 56, 60, -67, 75];
  assert.equal(signedRankTest(maize), { n: 15, statistic: 24, p: 0.041259765625, exact: true });
  assert.is(signedRankTest(maize.map((difference) => -difference)).p, 0.041259765625);
  assert.is(signedRankTest([1, 2, 3, 4, 5, 6]).p, 2 / 2 ** 6);
  // wilcoxon([(0.37 * k) % 1 - 0.35 for k in range(50)], method='exact')
  const fifty = signedRankTest(Array.from({ length: 50 }, (_, k) => ((0.37 * k) % 1) - 0.35));
  assert.equal([fifty.statistic, fifty.exact], [347, true]);
  near(fifty.p, 0.004459422606641894);
});

test('with ties and zeros: every way to give signs, counted', () => {
  const differences = [1, 1, 0, -1, 2, 2, 3, 0, -2, 4];
  // Ranks of 1, 1, 1, 2, 2, 2, 3, 4 with the mean for equal ones.
  const ranks = [2, 2, 2, 5, 5, 5, 7, 8];
  const extreme = (bits: number) => {
    const positive = ranks.reduce((sum, rank, k) => sum + ((bits >> k) & 1 ? rank : 0), 0);
    return Math.min(positive, 36 - positive) <= 7;
  };
  const ways = Array.from({ length: 256 }, (_, bits) => bits).filter(extreme).length;
  assert.equal(signedRankTest(differences), { n: 8, statistic: 7, p: ways / 256, exact: true });
});

test('more than 50 differences: the normal approximation, corrected for ties and continuity', () => {
  // wilcoxon(d, correction=True, method='asymptotic', zero_method='wilcox')
  const tied = (count: number) => signedRankTest(Array.from({ length: count }, (_, k) => ((k * 7) % 13) - 4));
  assert.equal([tied(60).statistic, tied(60).exact], [380, false]);
  near(tied(60).p, 0.0006388972380787436);
  assert.is(tied(200).statistic, 3960.5);
  near(tied(200).p, 1.758909548715767e-10);
  near(signedRankTest(Array.from({ length: 80 }, (_, k) => ((0.37 * k) % 1) - 0.35)).p, 0.0002365910345994551);
  assert.is(signedRankTest(Array.from({ length: 80 }, (_, k) => (k % 2 ? 1 : -1))).p, 1);
});

test('nothing to tell: no difference, or too few', () => {
  assert.equal(signedRankTest([0, 0, 0]), { n: 0, statistic: 0, p: 1, exact: true });
  assert.equal(signedRankTest([]), { n: 0, statistic: 0, p: 1, exact: true });
  assert.is(signedRankTest([0.1]).p, 1);
  assert.is(signedRankTest([1, -2]).p, 1);
});

test('the tail of the normal distribution', () => {
  // scipy.stats.norm.sf
  const tails = { 0: 0.5, 0.5: 0.3085375387259869, 1.96: 0.024997895148220435, 2.4999: 0.006211418374944587 };
  const far = { 2.5: 0.006209665325776132, 4: 3.167124183311986e-5, 8: 6.22096057427174e-16 };
  for (const [z, p] of Object.entries({ ...tails, ...far })) near(upperTail(Number(z)), p, 1e-12);
});

test("Holm's adjustment", () => {
  // The steps by hand: 4 x 0.01, 3 x 0.02, 2 x 0.03, at least the one before, and 0.9.
  const adjusted = holm([0.02, 0.9, 0.01, 0.03]);
  for (const [k, expected] of [0.06, 0.9, 0.04, 0.06].entries()) near(adjusted[k]!, expected);
  assert.equal(holm([0.6, 0.7]), [1, 1]);
  assert.equal(holm([]), []);
});

test('mean and standard deviation of a sample', () => {
  assert.equal(dispersionOf([2, 4, 4, 4, 5, 5, 7, 9]), { mean: 5, deviation: Math.sqrt(32 / 7) });
  assert.equal(dispersionOf([3]), { mean: 3, deviation: null });
});

test.run();
