/** The beginning of a training from the weights of a model. */
import { type Initialised, initialiseFrom } from '../../model/initialise-from.js';
import type { ModelConfig } from '../../network/config.js';
import type { Observer } from '../observer.js';
import type { TrainingJob } from './job.js';

/** Takes the weights over into the model of a job, and tells the observer what is not as it is in the file. */
export async function initialiseJob({ model, initial, dataset }: TrainingJob, observer: Observer): Promise<void> {
  if (!initial?.source) return;
  const { file, source } = initial;
  const { adapted, anew } = await initialiseFrom(model, source);
  const counts = (of: (config: ModelConfig) => number) => ({ here: of(model.config), there: of(source.config) });
  const [channels, classes] = [counts(({ inChannels }) => inChannels), counts((config) => config.classes)];
  for (const name of adapted) observer.remark?.({ kind: 'adapted', file, name, ...channels });
  for (const because of [
    { what: 'channels', ...channels },
    { what: 'classes', ...classes },
  ] as const) {
    const names = namesOf(anew, because.what);
    if (names.length > 0) observer.remark?.({ kind: 'anew', file, names, because });
  }
  // These are whole modules: of levels that the network in the file does not have, or heads.
  const modules = new Set(namesOf(anew, 'missing').map((name) => name.slice(0, name.indexOf('.'))));
  if (modules.size > 0) observer.remark?.({ kind: 'anew', file, names: [...modules] });
  const [here, there] = [dataset.sampler.preprocessing, source.card.preprocessing].map((each) => each.normalisation);
  if (here !== there) observer.remark?.({ kind: 'other normalisation', file, here: here!, there: there! });
}

function namesOf(anew: Initialised['anew'], wanted: Initialised['anew'][number]['reason']): string[] {
  return anew.filter(({ reason }) => reason === wanted).map(({ name }) => name);
}
