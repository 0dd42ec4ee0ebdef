/** The rules for what the network sees: whole images or patches, their values, and how they are varied. */
import { roundUp } from '../../base/multiples.js';
import { grouped, percent, plural } from '../../base/quantities.js';
import type { Size } from '../../image/frame.js';
import type { DataFacts } from '../facts.js';
import { type Decided, LADDER, type PlannedOptions, type Rule } from '../rule.js';

/** Images of at most so many pixels a side are seen whole. */
const WHOLE = 160;
/** Sizes are about the same where the largest is at most so many times the smallest. */
const ALIKE = 1.25;
/** The sides of patches in pixels, largest first. */
const PATCHES = [256, 128, 64] as const;
/** An object of more than this share of a patch's side is not cut into patches: it would hardly ever be seen whole. */
const LARGE_OBJECT = 1 / 2;
/** The size to which large images of large objects are brought. */
const RESIZED = 256;
/** The levels of a network below the first, and how many pixels a side are left at the deepest. */
const DEEPEST = 4;
const LEAST_SIDE = 4;
/** Below this share of foreground pixels, more patches are drawn around it. */
const RARE = 0.02;
const FOREGROUND = { usual: 0.33, rare: 0.5 };
/** An epoch has at least so many steps, by more patches of each image, so that validation does not take most of the time. */
const LEAST_STEPS = 25;
/** Grey images that use less of their range than this are stretched. */
const LOW_CONTRAST = 1 / 2;
/** With fewer training images than this, they are also bent and turned. */
const FEW_IMAGES = 100;

/** How images are seen: whole, brought to a square, or in patches. */
interface Framing {
  readonly kind: 'size' | 'patch';
  readonly side: number;
  readonly reason: string;
}

/** Chooses between whole images and patches, at the usual scale. The side is not yet a multiple of 2^depth. */
function framingOf(facts: DataFacts): Framing {
  const { smallest, median, largest } = facts.sizes;
  const alike = largest.width <= ALIKE * smallest.width && largest.height <= ALIKE * smallest.height;
  const longest = Math.max(largest.width, largest.height);
  const tooSmall = Math.min(median.width, median.height) < PATCHES.at(-1)!;
  if ((alike || tooSmall) && longest <= WHOLE) {
    return {
      kind: 'size',
      side: longest,
      reason: `The images have ${sizeText(facts)}, few enough to be seen whole`,
    };
  }
  const patch = patchFor(median);
  const object = Math.round(facts.objectSide);
  if (object > LARGE_OBJECT * patch) {
    return {
      kind: 'size',
      side: resizedFor(median),
      reason: `The largest object of an image is ${grouped(object)} pixels long, too long for patches of ${patch}, so whole images are brought to one size`,
    };
  }
  const objects = object > 0 ? ` and objects of up to about ${object}` : '';
  return {
    kind: 'patch',
    side: patch,
    reason: `The images have ${sizeText(facts)}${objects}, so patches keep their resolution and still show whole objects`,
  };
}

function patchFor({ width, height }: Size): number {
  return PATCHES.find((side) => side <= Math.min(width, height)) ?? PATCHES.at(-1)!;
}

function resizedFor({ width, height }: Size): number {
  return Math.min(RESIZED, Math.max(width, height));
}

function sizeText({ sizes: { smallest, largest } }: DataFacts): string {
  const [from, to] = [smallest, largest].map(({ width, height }) => `${width}x${height}`);
  return from === to ? `${from} pixels` : `${from} to ${to} pixels`;
}

/** Whether the user's options mean patches, or a size; undefined where they leave it open. */
export function givenKind({ size, fit, patch, patches, foreground, spacing }: Decided): Framing['kind'] | undefined {
  if (size !== undefined || fit !== undefined) return 'size';
  const ofPatches = [patch, patches, foreground, spacing].some((value) => value !== undefined);
  return ofPatches ? 'patch' : undefined;
}

/** How many levels a network has below the first, for images or patches of a side. */
export function depthFor(side: number): number {
  let depth = 1;
  while (depth < DEEPEST && side / 2 ** (depth + 1) >= LEAST_SIDE) depth++;
  return depth;
}

/** The side of what the network sees. */
function sideRule(kind: Framing['kind']): Rule<number> {
  return (facts, decided, { rung, because }) => {
    const framing = framingOf(facts);
    if ((givenKind(decided) ?? framing.kind) !== kind) return undefined;
    const isOwn = framing.kind === kind;
    const { median } = facts.sizes;
    const usual = isOwn ? framing.side : kind === 'size' ? resizedFor(median) : patchFor(median);
    const { scale } = LADDER.find((each) => each.rung === rung)!;
    const side = Math.max(1, Math.round(usual * scale));
    const depth = decided.filters ? decided.filters.length - 1 : depthFor(side);
    const value = roundUp(side, 2 ** depth);
    const reason = [
      isOwn ? framing.reason : 'The options that are given ask for it',
      ...(scale < 1 ? [`half the usual side, as ${because}`] : []),
      ...(value > side ? [`rounded up to a multiple of ${2 ** depth}, as the network halves it ${depth} times`] : []),
    ];
    return { value, reason: `${reason.join('; ')}.` };
  };
}

export const size = sideRule('size');
export const patch = sideRule('patch');

export const fit: Rule<PlannedOptions['fit']> = ({ square }, { size }) => {
  if (size === undefined) return undefined;
  if (square) return { value: 'stretch', reason: 'The images are square.' };
  return { value: 'pad', reason: 'Not all images are square, and padding keeps their proportions.' };
};

export const patches: Rule<number> = ({ images: { train }, meanPixels }, { patch, batch = 1 }) => {
  if (patch === undefined) return undefined;
  const covering = Math.max(1, Math.round(meanPixels / patch ** 2));
  const least = Math.ceil((LEAST_STEPS * batch) / train);
  if (covering >= least) {
    const pixels = grouped(Math.round(meanPixels));
    return { value: covering, reason: `So many have about the ${pixels} pixels that an image has on average.` };
  }
  return {
    value: least,
    reason: `With ${plural(train, 'image')}, fewer would make less than ${LEAST_STEPS} steps an epoch.`,
  };
};

export const foreground: Rule<number> = ({ shares }, { patch }) => {
  if (patch === undefined) return undefined;
  const share = 1 - shares[0]!;
  const shown = `${percent(share)} of the pixels are foreground`;
  if (share >= RARE) {
    return { value: FOREGROUND.usual, reason: `${shown}; a third of the patches is sure to show some.` };
  }
  return { value: FOREGROUND.rare, reason: `Only ${shown}, so half of the patches is drawn around some.` };
};

export const normalisation: Rule<PlannedOptions['normalisation']> = ({ bits, channels, contrast }) => {
  if (bits > 8) {
    return {
      value: 'percentile',
      reason: `With ${bits} bits, a value means different things in different images, so each image is stretched.`,
    };
  }
  const used = percent(contrast);
  if (channels === 3) return { value: 'range', reason: '8-bit colours stay as they are.' };
  if (contrast >= LOW_CONTRAST) {
    return { value: 'range', reason: `8-bit images that use ${used} of their range can stay as they are.` };
  }
  return { value: 'percentile', reason: `An image uses only ${used} of its range, so each image is stretched.` };
};

export const augment: Rule<string> = ({ images: { train }, channels }) => {
  const rearranged = channels === 3 ? ['flip', 'turn'] : ['flip'];
  const moved = train < FEW_IMAGES ? ['elastic:0.5', 'affine'] : [];
  const values = ['brightness:0.5', 'contrast:0.5', ...(channels === 3 ? ['colour:0.5'] : [])];
  const direction =
    channels === 3
      ? 'Colour images mostly have no upright direction, so they are mirrored and turned'
      : 'Grey images may have an upright direction, so they are mirrored only';
  const few = moved.length > 0 ? `; ${plural(train, 'image')} are few, so they are also bent and rotated` : '';
  return {
    value: [...rearranged, ...moved, ...values].join(),
    reason: `${direction}${few}; their values vary a little.`,
  };
};
