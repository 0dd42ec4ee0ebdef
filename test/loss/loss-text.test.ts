/** Losses as they are written, and what is refused. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type LossTerm, lossText, parseLoss } from '../../src/index.js';
import { throwsInput } from '../support/throws.js';

const WRITTEN: readonly [text: string, terms: readonly LossTerm[], canonical?: string][] = [
  ['0.5*ce+dice', [{ term: 'crossEntropy', weight: 0.5 }, { term: 'dice' }]],
  [
    ' 1 * ce + 1e+1*dice',
    [
      { term: 'crossEntropy', weight: 1 },
      { term: 'dice', weight: 10 },
    ],
    'ce+10*dice',
  ],
  ['focal', [{ term: 'crossEntropy', gamma: 2 }], 'focal(2)'],
  ['focal(0)', [{ term: 'crossEntropy', gamma: 0 }], 'ce'],
  ['3*focal(1.5)', [{ term: 'crossEntropy', gamma: 1.5, weight: 3 }]],
  ['dice(batch)', [{ term: 'dice', over: 'batch' }]],
  ['dice(squared, batch)', [{ term: 'dice', over: 'batch', squared: true }], 'dice(batch,squared)'],
  ['tversky', [{ term: 'tversky', alpha: 0.3, beta: 0.7 }], 'tversky(0.3,0.7)'],
  ['tversky(1,0,batch)', [{ term: 'tversky', alpha: 1, beta: 0, over: 'batch' }]],
  ['lovasz+ce', [{ term: 'lovasz' }, { term: 'crossEntropy' }]],
];

for (const [text, terms, canonical = text] of WRITTEN) {
  test(text, () => {
    assert.equal(parseLoss(text), terms);
    assert.is(lossText(terms), canonical);
    assert.is(lossText(parseLoss(canonical)), canonical);
  });
}

test('without terms it is the hybrid loss', () => assert.is(lossText(), '0.5*ce+dice'));

const NO_TERM = 'is not a term; expected a sum like 0.5*ce+dice, of ce, focal, dice, tversky, lovasz';
const TVERSKY = 'tversky, tversky(ALPHA,BETA) or tversky(ALPHA,BETA,batch), ALPHA and BETA numbers of at least 0';

const REFUSED: readonly [text: string, message: string][] = [
  ['', `"" ${NO_TERM}`],
  ['ce+', `"" ${NO_TERM}`],
  ['0.5*ce + dise', `"dise" ${NO_TERM}`],
  ['ce dice', `"ce dice" ${NO_TERM}`],
  ['2*3*ce', `"2*3*ce" ${NO_TERM}`],
  ['dice(batch', `"dice(batch" ${NO_TERM}`],
  ['toString', `"toString" ${NO_TERM}`],
  ['0*ce', 'the weight of ce is "0", expected a number above 0'],
  ['half*ce', 'the weight of ce is "half", expected a number above 0'],
  ['*ce', 'the weight of ce is "", expected a number above 0'],
  ['ce(2)', '"ce(2)" is not known; write ce'],
  ['focal(-1)', '"focal(-1)" is not known; write focal or focal(GAMMA), GAMMA a number of at least 0'],
  ['focal(1,2)', '"focal(1,2)" is not known; write focal or focal(GAMMA), GAMMA a number of at least 0'],
  ['dice(image)', '"dice(image)" is not known; write dice, dice(batch), dice(squared) or dice(batch,squared)'],
  [
    'dice(batch,batch)',
    '"dice(batch,batch)" is not known; write dice, dice(batch), dice(squared) or dice(batch,squared)',
  ],
  ['tversky(0.3)', `"tversky(0.3)" is not known; write ${TVERSKY}`],
  ['tversky(batch)', `"tversky(batch)" is not known; write ${TVERSKY}`],
  ['tversky(1,2,image)', `"tversky(1,2,image)" is not known; write ${TVERSKY}`],
  ['lovasz()', '"lovasz()" is not known; write lovasz'],
];

for (const [text, message] of REFUSED) {
  test(`refused: "${text}"`, () => throwsInput(() => parseLoss(text), `loss "${text}": ${message}`));
}

test.run();
