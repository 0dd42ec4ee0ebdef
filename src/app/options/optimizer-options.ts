/** Options of the optimizer and of its learning rate. */
import { defaultWeightDecay, optimizerDefaults, optimizers } from '../../train/optimizer/optimizer.js';
import { scheduleDefaults, schedules } from '../../train/optimizer/schedule.js';
import { trainDefaults } from '../../train/options.js';
import type { OptionTable } from './option.js';
import { between, fraction, oneOf, positive, whole } from './parsers.js';

export const optimizerOptions = {
  optimizer: {
    flag: '--optimizer <name>',
    parse: oneOf(optimizers),
    help: 'how the weights are updated',
    default: { value: optimizerDefaults.optimizer },
    affects: 'bits',
  },
  learningRate: {
    flag: '--lr <rate>',
    parse: positive(),
    help: 'learning rate',
    default: { data: trainDefaults.learningRate, phantom: 2e-3 },
    affects: 'bits',
  },
  schedule: {
    flag: '--schedule <name>',
    parse: oneOf(schedules),
    help: 'learning rate schedule',
    default: { value: scheduleDefaults.schedule },
    affects: 'bits',
  },
  warmup: {
    flag: '--warmup <epochs>',
    parse: positive({ zero: true }),
    help: 'epochs over which the learning rate rises at the start',
    default: { value: scheduleDefaults.warmup },
    affects: 'bits',
  },
  minLearningRate: {
    flag: '--min-lr <rate>',
    parse: positive({ zero: true }),
    help: 'lowest learning rate that the schedule comes to',
    default: { value: scheduleDefaults.minLearningRate },
    affects: 'bits',
  },
  power: {
    flag: '--power <p>',
    parse: positive({ high: 10 }),
    help: 'exponent of the polynomial schedule',
    default: { unset: `${scheduleDefaults.power}` },
    affects: 'bits',
  },
  plateauPatience: {
    flag: '--plateau-patience <n>',
    parse: whole(1),
    help: 'epochs without improvement after which the plateau schedule lowers the learning rate',
    default: { unset: `${scheduleDefaults.plateauPatience}` },
    affects: 'bits',
  },
  plateauFactor: {
    flag: '--plateau-factor <f>',
    parse: fraction,
    help: 'what the plateau schedule then multiplies the learning rate by',
    default: { unset: `${scheduleDefaults.plateauFactor}` },
    affects: 'bits',
  },
  momentum: {
    flag: '--momentum <m>',
    parse: between(0, 0.999999),
    help: 'momentum of sgd',
    default: { unset: `${optimizerDefaults.momentum}` },
    affects: 'bits',
  },
  weightDecay: {
    flag: '--weight-decay <rate>',
    parse: positive({ zero: true }),
    help: 'weight decay',
    default: { unset: `${defaultWeightDecay('adamw')} for adamw, else ${defaultWeightDecay('adam')}` },
    affects: 'bits',
  },
  maxGradientNorm: {
    flag: '--clip <norm>',
    parse: positive(),
    help: 'scale the gradients down where the norm of all of them together is larger',
    default: { unset: 'as they are' },
    affects: 'bits',
  },
  emaDecay: {
    flag: '--ema <decay>',
    parse: between(0, 0.999999),
    help: 'validate and keep a moving average of the weights with this decay, 0.999 for example',
    default: { unset: 'off' },
    affects: 'bits',
  },
} as const satisfies OptionTable;
