/** The options of a training in the words of a form. */
import type { PlannedOption } from '../../engine/protocol.js';
import { capitalised } from '../words.js';

/** The options that most people change, in the order of the form; all others are folded. */
const FIRST = ['epochs', 'size', 'patch', 'filters', 'batch', 'learningRate'];

/** Names that do not say what they are when their words are taken apart. */
const LABELS: Readonly<Record<string, string>> = {
  filters: 'Channels of each level',
  batch: 'Images of a step',
  fit: 'Fit to the size',
  norm: 'Normalisation of layers',
  normalisation: 'Normalisation of images',
  emaDecay: 'Decay of the moving average',
  initFrom: 'Begin from a model',
  maxGradientNorm: 'Largest gradient norm',
};

/** The label of an option: its name in words, as `deepSupervision` is `Deep supervision`. */
export function labelOf({ name }: Pick<PlannedOption, 'name'>): string {
  return LABELS[name] ?? capitalised(name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`));
}

/** The flag alone: `--filters` of `--filters <list>`. */
export function flagOf({ flag }: Pick<PlannedOption, 'flag'>): string {
  return flag.split(' ')[0]!;
}

/** How an error begins that is about an option: by its flag, or as the command line names it. */
const ABOUT = /^(?:option ')?(--[a-z-]+)/;

/** The option that an error is about: the one that it begins with. */
export function blamed(error: string | null, options: readonly PlannedOption[]): PlannedOption | undefined {
  const [, flag] = error?.match(ABOUT) ?? [];
  return options.find((option) => flagOf(option) === flag);
}

/** An error without its beginning, for which its field stands: `Expected a whole number from 1 to 1000000000`. */
export function atField(error: string): string {
  return error.replace(/^--[a-z-]+: /, '').replace(/^option '[^']*' argument '.*?' is invalid\. /s, '');
}

export interface PlanGroups {
  readonly first: readonly PlannedOption[];
  readonly folded: readonly { readonly title: string; readonly options: readonly PlannedOption[] }[];
}

/** Those that are shown at once, and the others by their groups. */
export function groupsOf(options: readonly PlannedOption[]): PlanGroups {
  const first = FIRST.flatMap((name) => options.filter((option) => option.name === name && isShown(option)));
  const others = options.filter((option) => !first.includes(option));
  const titles = [...new Set(others.map(({ group }) => group))];
  const folded = titles.map((group) => ({
    title: group.replace(/:$/, '') || 'In general',
    options: others.filter((option) => option.group === group),
  }));
  return { first, folded };
}

/** Images are seen at one size or in patches: what is not chosen of the two is folded. */
function isShown({ name, value }: PlannedOption): boolean {
  return (name !== 'size' && name !== 'patch') || value !== '';
}
