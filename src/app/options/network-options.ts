/** Options of the network that is trained. */
import { defaultConfig, norms, skipPatterns, upsamplings } from '../../network/config.js';
import { initialisations } from '../../network/initialisation.js';
import type { OptionTable } from './option.js';
import { between, oneOf, onOrOff, path, wholeList } from './parsers.js';

/**
 * The options of the network. The phantom gets a small one with a norm, which learns it in a few epochs; all other
 * defaults are the paper's.
 */
export const networkOptions = {
  filters: {
    flag: '--filters <list>',
    parse: wholeList,
    help: 'channels of each level',
    default: { data: defaultConfig.filters, phantom: [8, 16, 32, 64, 128] },
    affects: 'bits',
  },
  skips: {
    flag: '--skips <pattern>',
    parse: oneOf(skipPatterns),
    help: 'dense is UNet++, adjacent UNet+, original UNet^e',
    default: { value: defaultConfig.skips },
    affects: 'bits',
  },
  deepSupervision: {
    flag: '--deep-supervision',
    parse: onOrOff,
    help: 'a head on each X(0,j): depth can be traded for speed later',
    negated: 'one head, on the last X(0,j)',
    default: { value: defaultConfig.deepSupervision },
    affects: 'bits',
  },
  norm: {
    flag: '--norm <kind>',
    parse: oneOf(norms),
    help: 'normalisation after each 3x3 convolution',
    default: { data: defaultConfig.norm, phantom: 'group' },
    affects: 'bits',
  },
  upsample: {
    flag: '--upsample <kind>',
    parse: oneOf(upsamplings),
    help: 'how a level is brought to twice its size',
    default: { value: defaultConfig.upsample },
    affects: 'bits',
  },
  dropout: {
    flag: '--dropout <rate>',
    parse: between(0, 0.99),
    help: 'share of elements that training zeroes after each ReLU',
    default: { value: defaultConfig.dropout },
    affects: 'bits',
  },
  initialisation: {
    flag: '--init <kind>',
    parse: oneOf(initialisations),
    help: 'how the initial weights are drawn',
    default: { value: 'he-normal' },
    affects: 'bits',
  },
  initFrom: {
    flag: '--init-from <model>',
    // A name is looked up when the model is read, so that a run which resumes without it does not look.
    parse: path,
    help: 'fine-tune this model, a file or a name: its weights, and where no option is given its network, size and normalisation',
    default: { unset: '' },
    affects: 'bits',
  },
} as const satisfies OptionTable;
