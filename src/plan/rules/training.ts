/** The rules for how the network learns, and for how long. */
import { grouped, plural } from '../../base/quantities.js';
import { spansImages } from '../../loss/loss.js';
import { parseLoss } from '../../loss/loss-text.js';
import type { DataFacts } from '../facts.js';
import { type Decided, type PlannedOptions, type Rule, USUAL_CHANNELS } from '../rule.js';

/** Images of a step of the optimizer, and how many a worker computes at once. */
const BATCH = 8;
const MICRO_BATCH = 4;
/** An epoch of whole images has at least so many steps, where a smaller batch can help. */
const LEAST_STEPS = 4;
/** How many steps of the optimizer a training has about, and the least and the most epochs for them. */
const STEPS = 3000;
const EPOCHS = { least: 20, most: 300 };
/** With time enough, a training has so many times the usual epochs at most: more would hardly help. */
const LONGEST = 4;
/** The rates of Adam by what the network bears, see the table in docs/accuracy.md, and that of SGD. */
const ADAM = { usual: 4e-3, wide: 2e-3, withoutNorm: 1e-3 };
const SGD = 1e-2;
const MEASURE = 'plan --find-lr measures one.';
/** Epochs of warm-up, for trainings of at least so many epochs. */
const WARMUP = 1;
const WARM_FROM = 10;

export const loss: Rule<string> = ({ classes }) => {
  if (classes === 1) {
    return {
      value: '0.5*ce+dice',
      reason: 'Dice is what is scored and copes with little foreground; cross-entropy smooths its gradients.',
    };
  }
  return {
    value: 'ce+dice',
    reason: `Cross-entropy tells the ${classes} classes apart, and Dice counts rare ones as much as others.`,
  };
};

export const batch: Rule<number> = ({ images: { train } }, { patch }) => {
  let value = BATCH;
  while (patch === undefined && value > 1 && train / value < LEAST_STEPS) value /= 2;
  const few = `With ${plural(train, 'image')}, a larger one would make less than ${LEAST_STEPS} steps an epoch.`;
  return {
    value,
    reason: value < BATCH ? few : 'Small batches take many steps, which counts more than smooth gradients.',
  };
};

export const microBatch: Rule<number> = (_facts, { batch = BATCH, loss = '', norm }, limits) => {
  if (spansImages({ terms: parseLoss(loss) })) return { value: batch, reason: 'The loss goes over the whole batch.' };
  const usual = norm === 'batch' ? batch : MICRO_BATCH;
  const value = Math.min(batch, limits.microBatch ?? usual);
  if (limits.microBatch !== undefined && value < usual)
    return { value, reason: 'The memory does not suffice for more at once.' };
  if (norm === 'batch') return { value, reason: 'Batch norm learns better from the statistics of more images.' };
  const workers = Math.ceil(batch / value);
  const shared = workers > 1 ? `Up to ${workers} workers can then share a batch.` : 'It is the whole batch.';
  return { value, reason: shared };
};

export const optimizer: Rule<PlannedOptions['optimizer']> = () => ({
  value: 'adam',
  reason: 'Adam needs little tuning from one data set to the next.',
});

export const learningRate: Rule<number> = (_facts, { optimizer = 'adam', norm, filters, batch = BATCH }) => {
  if (optimizer === 'sgd') return { value: SGD, reason: `The usual rate of sgd; ${MEASURE}` };
  const [usual, of] =
    norm === 'none'
      ? [ADAM.withoutNorm, 'networks without a norm']
      : filters && filters[0]! > USUAL_CHANNELS
        ? [ADAM.wide, 'wide networks']
        : [ADAM.usual, 'networks with a norm'];
  const reason = `The usual rate of ${optimizer} for ${of}`;
  if (batch >= BATCH) return { value: usual, reason: `${reason}; ${MEASURE}` };
  // The square root scaling rule of S. Malladi et al., "On the SDEs and Scaling Rules for Adaptive Gradient Algorithms", 2022.
  const value = Number((usual * Math.sqrt(batch / BATCH)).toPrecision(1));
  return { value, reason: `${reason}, less for a batch of ${batch}; ${MEASURE}` };
};

export const schedule: Rule<PlannedOptions['schedule']> = () => ({
  value: 'cosine',
  reason: 'The rate falls to almost 0, so the last epochs settle.',
});

export const epochs: Rule<number> = (facts, decided, { time }) => {
  const steps = stepsPerEpoch(facts, decided);
  const wanted = Math.round(STEPS / steps);
  const usual = Math.min(EPOCHS.most, Math.max(EPOCHS.least, wanted));
  if (time) {
    const { minutes, secondsPerEpoch, epochs } = time;
    const pace = `An epoch takes about ${Number(secondsPerEpoch.toPrecision(2))} s on this machine`;
    return epochs <= LONGEST * usual
      ? { value: epochs, reason: `${pace}, so ${epochs} fit into ${plural(minutes, 'minute')}.` }
      : { value: LONGEST * usual, reason: `${pace}; more than ${LONGEST} times the usual ${usual} would hardly help.` };
  }
  const all = `${plural(usual, 'epoch')} of ${plural(steps, 'step')} are ${grouped(usual * steps)} steps`;
  const why = {
    '-1': `more than the usual ${grouped(STEPS)}, but fewer epochs than ${EPOCHS.least} see each image too seldom`,
    '0': `about the ${grouped(STEPS)} that a training takes`,
    '1': `and more epochs than ${EPOCHS.most} would hardly help`,
  }[`${Math.sign(wanted - usual) as -1 | 0 | 1}`];
  return { value: usual, reason: `${all}, ${why}.` };
};

export const warmup: Rule<number> = (_facts, { epochs = 1 }) => {
  if (epochs < WARM_FROM) return { value: 0, reason: `With fewer than ${WARM_FROM} epochs, none is spent on it.` };
  return { value: WARMUP, reason: 'The first steps of Adam are uncertain, so they are taken at small rates.' };
};

/** How many steps an epoch has by the options that are decided. */
export function stepsPerEpoch({ images: { train } }: DataFacts, { batch = 1, patch, patches = 1 }: Decided): number {
  return Math.ceil((train * (patch === undefined ? 1 : patches)) / batch);
}
