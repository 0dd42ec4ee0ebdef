/** The images that come with the page, each with the model that segments it. */
import type { Sample } from './open/samples.js';

/** A sample, and what is opened with it: the build gives the files their places (site/host/bundle.ts). */
export interface BundledSample extends Sample {
  readonly model: string;
}

export const samples: readonly BundledSample[] = [
  {
    id: 'nuclei',
    title: 'Cell nuclei',
    text: 'Fluorescence microscopy; the nuclei are marked.',
    picture: new URL('../../../site/samples/nuclei.png', import.meta.url).href,
    model: 'nuclei',
  },
  {
    id: 'brain',
    title: 'A brain',
    text: 'A slice of an MRI of the head; the brain is marked.',
    picture: new URL('../../../site/samples/brain.png', import.meta.url).href,
    model: 'brain',
  },
];
