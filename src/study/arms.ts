/**
 * The networks that a study compares: the family of Zhou et al., "UNet++: Redesigning Skip Connections to Exploit
 * Multiscale Features in Image Segmentation", 2020. Wide U-Net has about the parameters of UNet++.
 */
import { invariant } from '../base/errors.js';
import type { ModelConfig } from '../network/config.js';

/** What distinguishes the networks. */
export type Architecture = Pick<ModelConfig, 'filters' | 'skips' | 'deepSupervision'>;

/** A network under comparison. */
export interface Arm {
  readonly name: string;
  /** The name of the arm in tables. */
  readonly title: string;
  /** @param filters the channels of each level, as the study's options have them */
  build(filters: readonly number[]): Architecture;
}

const FAMILY: readonly Arm[] = [
  arm('unet', 'U-Net', (filters) => ({ filters, skips: 'original', deepSupervision: false })),
  arm('wide-unet', 'wide U-Net', (filters) => ({ filters: widen(filters), skips: 'original', deepSupervision: false })),
  arm('unet-e', 'UNet^e', (filters) => ({ filters, skips: 'original', deepSupervision: true })),
  arm('unet-plus', 'UNet+', (filters) => ({ filters, skips: 'adjacent', deepSupervision: false })),
  arm('unet-plus-ds', 'UNet+ with DS', (filters) => ({ filters, skips: 'adjacent', deepSupervision: true })),
  arm('unetpp', 'UNet++', (filters) => ({ filters, skips: 'dense', deepSupervision: false })),
  arm('unetpp-ds', 'UNet++ with DS', (filters) => ({ filters, skips: 'dense', deepSupervision: true })),
];

/** The arm that the others are tested against. */
export const BASELINE = 'unet';
/** The arm that is trained whole and pruned. */
export const WHOLE = 'unetpp-ds';

export const familyNames: readonly string[] = FAMILY.map(({ name }) => name);

/** @param name one of `familyNames` */
export function familyArm(name: string): Arm {
  const found = FAMILY.find((arm) => arm.name === name);
  invariant(found, `no arm is called ${name}`);
  return found;
}

/** The whole network, and those of the levels below its deepest, each to be trained alone. */
export function embeddedArms(filters: readonly number[]): Arm[] {
  const levels = filters.slice(2).map((_, k) => k + 1);
  return [familyArm(WHOLE), ...levels.map(isolatedArm)];
}

/** The network of one level of the whole as a network of its own, with deep supervision up to there. */
function isolatedArm(level: number): Arm {
  return arm(isolatedName(level), `UNet++ L${level} alone`, (filters) =>
    familyArm(WHOLE).build(filters.slice(0, level + 1)),
  );
}

export function isolatedName(level: number): string {
  return `isolated-l${level}`;
}

function arm(name: string, title: string, build: Arm['build']): Arm {
  return { name, title, build };
}

/** Widens filters as the paper does: 32, 64, 128, 256, 512 become 35, 70, 140, 280, 560. */
function widen(filters: readonly number[]): number[] {
  return filters.map((width) => Math.round((35 / 32) * width));
}
