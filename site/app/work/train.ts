/** The training: its plan, its course, and going on with one that was broken off. */
import type { GivenOptions, Trained, TrainingEvents } from '../../engine/protocol.js';
import { afterEvent, isUnderWay, type TrainingEvent, tellTo } from '../train/training-state.js';
import { showImage, useModel } from './segment.js';
import { askToKeep, lookIntoStorage } from './storage.js';
import { messageOf, type Work } from './work.js';

/** Milliseconds without another key after which a plan is made of what was typed. */
const TYPING = 250;

let typing: ReturnType<typeof setTimeout> | undefined;

/** Takes options that a person has given; the plan follows when they have stopped typing. */
export function give(work: Work, given: GivenOptions): void {
  work.store.set({ given });
  clearTimeout(typing);
  typing = setTimeout(() => void planAnew(work), TYPING);
}

/** Makes the plan for the data and what is given; an older one that comes later is dropped. */
export async function planAnew({ engine, store }: Work): Promise<void> {
  const { data, given } = store.get();
  const isCurrent = () => store.get().data === data && store.get().given === given;
  try {
    const plan = await engine.plan(data?.name, given);
    if (isCurrent()) store.set({ plan, planError: null });
  } catch (error) {
    if (isCurrent()) store.set({ planError: messageOf(error) });
  }
}

/** Trains on the data set that is open, or on the phantom. */
export function train(work: Work): Promise<void> {
  const { data, given } = work.store.get();
  return course(work, (events) => work.engine.train(data?.name, given, events));
}

/** The groups of options that say how is trained: neither on what, nor which network. */
const OF_LEARNING: readonly string[] = ['Training', 'Optimizer'];

/** Trains on the corrected images, beginning from the open model, as it is given how is trained. */
export function trainOnCorrected(work: Work): Promise<void> {
  const { corrected, model, given, plan } = work.store.get();
  if (!corrected || !model) return Promise.resolve();
  const options = plan?.options.filter(({ group }) => OF_LEARNING.includes(group)) ?? [];
  const isOfLearning = (key: string) => options.some(({ name, flag }) => key === name || flag === `--${key}`);
  const learning = Object.fromEntries(Object.entries(given).filter(([key]) => isOfLearning(key)));
  return course(work, (events) => work.engine.train(corrected.data, { ...learning, initFrom: model.initFrom }, events));
}

/** Goes on with a training that was broken off. */
export function resume(work: Work, run: string): Promise<void> {
  return course(work, (events) => work.engine.resume(run, events));
}

export async function pause(work: Work, paused: boolean): Promise<void> {
  await work.engine.pause(paused);
  tell(work, { kind: 'pause', paused });
}

export async function stop(work: Work): Promise<void> {
  tell(work, { kind: 'stop' });
  await work.engine.stop();
}

async function course(work: Work, begin: (events: TrainingEvents) => Promise<Trained>): Promise<void> {
  if (isUnderWay(work.store.get().training)) return;
  tell(work, { kind: 'begin' });
  void askToKeep();
  try {
    const trained = await begin(tellTo((event) => tell(work, event)));
    tell(work, { kind: 'trained', trained });
    await lookAt(work, trained);
  } catch (error) {
    tell(work, { kind: 'failed', error: messageOf(error) });
  }
  await lookIntoStorage(work);
}

/** What was trained is tried at once: on the open image, or on one of those that it was validated on. */
async function lookAt(work: Work, { model }: Trained): Promise<void> {
  if (!model) return;
  const { image, data, training } = work.store.get();
  useModel(work, model);
  const [first] = training.examples;
  if (image || !first) return;
  await showImage(work, data ? { data: data.name, name: first.name } : { sample: first.name });
}

function tell({ store }: Work, event: TrainingEvent): void {
  store.set({ training: afterEvent(store.get().training, event) });
}
