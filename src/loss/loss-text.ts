/** Losses as people write them: `0.5*ce+dice`, `focal(2)+2*tversky(0.3,0.7,batch)`. */
import { InputError } from '../base/errors.js';
import { show } from '../base/show.js';
import { HYBRID, type LossTerm } from '../ops/index.js';

interface Spelling {
  /** How the term may be written. */
  readonly usage: string;
  /** Makes the term of the values in brackets; undefined where they are not allowed. */
  read(values: readonly string[]): LossTerm | undefined;
}

const SPELLINGS: Readonly<Record<string, Spelling>> = {
  ce: {
    usage: 'ce',
    read: ({ length }) => (length === 0 ? { term: 'crossEntropy' } : undefined),
  },
  focal: {
    usage: 'focal or focal(GAMMA), GAMMA a number of at least 0',
    read: ([gamma = '2', ...more]) =>
      isNumber(gamma) && more.length === 0 ? { term: 'crossEntropy', gamma: Number(gamma) } : undefined,
  },
  dice: {
    usage: 'dice, dice(batch), dice(squared) or dice(batch,squared)',
    read(values) {
      const [batch, squared] = [values.includes('batch'), values.includes('squared')];
      if (values.length !== Number(batch) + Number(squared)) return undefined;
      return { term: 'dice', ...(batch && { over: 'batch' }), ...(squared && { squared }) };
    },
  },
  tversky: {
    usage: 'tversky, tversky(ALPHA,BETA) or tversky(ALPHA,BETA,batch), ALPHA and BETA numbers of at least 0',
    read(values) {
      const [alpha = '0.3', beta = '0.7', over, ...more] = values;
      if (!isNumber(alpha) || !isNumber(beta) || values.length === 1 || more.length > 0) return undefined;
      if (over !== undefined && over !== 'batch') return undefined;
      return { term: 'tversky', alpha: Number(alpha), beta: Number(beta), ...(over && { over }) };
    },
  },
  lovasz: {
    usage: 'lovasz',
    read: ({ length }) => (length === 0 ? { term: 'lovasz' } : undefined),
  },
};

/**
 * Parses a sum `WEIGHT*TERM+…`; blanks are ignored.
 * @throws InputError that names the wrong part
 */
export function parseLoss(text: string): LossTerm[] {
  // A plus within a number, as in 1e+3, does not separate terms.
  return text.split(/(?<!\de)\+/).map((part) => {
    const wrong = (message: string) => new InputError(`loss ${show(text)}: ${message}`);
    const [, factor, name = '', values] =
      /^(?:([^*]*)\*)?([^*()]*)(?:\(([^()]*)\))?$/.exec(part.replaceAll(/\s/g, '')) ?? [];
    const spelling = Object.hasOwn(SPELLINGS, name) ? SPELLINGS[name] : undefined;
    if (!spelling) {
      const known = Object.keys(SPELLINGS).join(', ');
      throw wrong(`${show(part.trim())} is not a term; expected a sum like 0.5*ce+dice, of ${known}`);
    }
    if (factor !== undefined && !(isNumber(factor) && Number(factor) > 0)) {
      throw wrong(`the weight of ${name} is ${show(factor)}, expected a number above 0`);
    }
    const term = spelling.read(values === undefined ? [] : values.split(','));
    if (!term) throw wrong(`${show(part.trim())} is not known; write ${spelling.usage}`);
    return factor === undefined ? term : { ...term, weight: Number(factor) };
  });
}

/** Writes terms so that `parseLoss` reads them back. */
export function lossText(terms: readonly LossTerm[] = HYBRID): string {
  return terms.map(({ weight = 1, ...term }) => (weight === 1 ? '' : `${weight}*`) + termText(term)).join('+');
}

function termText(term: LossTerm): string {
  switch (term.term) {
    case 'crossEntropy':
      return term.gamma ? `focal(${term.gamma})` : 'ce';
    case 'dice':
      return called('dice', term.over === 'batch' && 'batch', term.squared === true && 'squared');
    case 'tversky':
      return called('tversky', `${term.alpha ?? 0.3}`, `${term.beta ?? 0.7}`, term.over === 'batch' && 'batch');
    case 'lovasz':
      return 'lovasz';
  }
}

function called(name: string, ...values: readonly (string | false)[]): string {
  const given = values.filter((value) => value !== false);
  return given.length > 0 ? `${name}(${given.join()})` : name;
}

function isNumber(text: string): boolean {
  return text !== '' && Number(text) >= 0 && Number(text) < Infinity;
}
