/** Pictures and values that the panels show in tests: drawn slices of a head, and what would be said of them. */
import type { Correctable } from '../../../site/app/correct/painting.js';
import type { LabelledData } from '../../../site/app/look/look-panel.js';
import type { Sample } from '../../../site/app/open/samples.js';
import type { SegmentedImageProps } from '../../../site/app/open/segmented-image.js';
import type { EngineFacts, ModelView, StorageView } from '../../../site/engine/protocol.js';
import type { Image } from '../../../src/image/image.js';
import { overlayClasses } from '../../../src/report/overlay.js';
import { toRgb } from '../../../src/report/pixels.js';

export const names = (count: number) =>
  Array.from({ length: count }, (_, k) => `patient-${String(k + 1).padStart(4, '0')}/slice.png`);

/** A bright ring, a grey inside, and a lesion somewhere in it: drawn in no time, as each test opens the page anew. */
function slice(k: number, size: number): { readonly image: Image<Uint8Array>; readonly mask: Image<Uint8Array> } {
  const empty = () => ({ width: size, height: size, channels: 1, data: new Uint8Array(size * size) });
  const [image, mask] = [empty(), empty()];
  const [lesionX, lesionY] = [0.5 + 0.2 * Math.cos(k), 0.5 + 0.2 * Math.sin(k)];
  for (let i = 0; i < image.data.length; i++) {
    const [x, y] = [(i % size) / size, Math.floor(i / size) / size];
    const fromMiddle = Math.hypot((x - 0.5) / 0.36, (y - 0.5) / 0.45);
    const inLesion = Math.hypot(x - lesionX, y - lesionY) < 0.09;
    if (fromMiddle < 1) image.data[i] = inLesion ? 200 : fromMiddle > 0.92 ? 240 : 100 + 30 * Math.sin(20 * x + k);
    mask.data[i] = Number(inLesion);
  }
  return { image, mask };
}

/** A slice with its mask over it. A name that ends with a 7 cannot be read. */
export async function thumbnail(name: string): Promise<Image<Uint8Array>> {
  const k = Number(name.match(/\d+/)?.[0]);
  if (k % 10 === 7) throw new Error(`${name}: not an image`);
  const { image, mask } = slice(k, 64);
  return overlayClasses(image, mask);
}

export const correctable: Correctable = (() => {
  const { image, mask } = slice(3, 256);
  const data = mask.data.slice();
  // Two classes, and a prediction that is wrong: its lower half is missing, and something else was found.
  for (let i = 0; i < data.length; i++) {
    const [x, y] = [i % 256, Math.floor(i / 256)];
    if (data[i] && y % 256 > 150) data[i] = 0;
    if (Math.hypot(x - 90, y - 90) < 9) data[i] = 2;
  }
  return {
    id: '3',
    name: 'slice 3',
    image: toRgb(image),
    prediction: { ...mask, data },
    classNames: ['tumour', 'vessel'],
  };
})();

/** A plain mask on grey, whose pixels tests count. */
export const plain: Correctable = {
  id: 'plain',
  name: 'plain',
  image: { width: 64, height: 64, channels: 3, data: new Uint8Array(64 * 64 * 3).fill(90) },
  prediction: { width: 64, height: 64, channels: 1, data: new Uint8Array(64 * 64) },
  classNames: ['cell'],
};

export const segmented: SegmentedImageProps = (() => {
  const { image, mask } = slice(12, 256);
  return {
    name: 'patient-0012/slice.png',
    image: toRgb(image),
    mask,
    classNames: ['tumour'],
    model: 'brain, L4',
    milliseconds: 181.4,
  };
})();

/** Something like cells, drawn as the address of a picture, as samples have one. */
export function samplesIn(page: Document): Sample[] {
  const draw = (background: string, paint: (context: CanvasRenderingContext2D) => void) => {
    const canvas = Object.assign(page.createElement('canvas'), { width: 144, height: 144 });
    const context = canvas.getContext('2d')!;
    context.fillStyle = background;
    context.fillRect(0, 0, 144, 144);
    paint(context);
    return canvas.toDataURL();
  };
  const nuclei = draw('#0a0d12', (context) => {
    for (let k = 0; k < 26; k++) {
      context.fillStyle = `rgb(${90 + ((k * 53) % 120)} ${110 + ((k * 31) % 120)} ${170 + ((k * 17) % 80)})`;
      context.beginPath();
      context.ellipse((k * 67) % 144, (k * 41) % 144, 8 + (k % 5), 6 + (k % 4), k, 0, 7);
      context.fill();
    }
  });
  const { image } = slice(5, 144);
  const brain = draw('#000', (context) => {
    const rgba = new Uint8ClampedArray(4 * 144 * 144).map((_, i) => (i % 4 === 3 ? 255 : image.data[i >> 2]!));
    context.putImageData(new ImageData(rgba, 144, 144), 0, 0);
  });
  return [
    { id: 'nuclei', title: 'Cell nuclei', text: 'Fluorescence microscopy, 256 × 256', picture: nuclei },
    { id: 'brain', title: 'Brain tumour', text: 'MRI with contrast agent, 256 × 256', picture: brain },
  ];
}

export const data: LabelledData = {
  name: 'my-scans',
  images: names(48),
  check: {
    data: 'my-scans',
    images: 48,
    splitOrigin: 'drawn',
    subsets: [],
    sizes: { '256x256': 40, '512x512': 8 },
    kinds: { '8-bit grey': 48 },
    values: { least: 0, greatest: 255, medianGreatest: 250 },
    classes: [
      { name: 'background', share: 0.981, images: 48 },
      { name: 'tumour', share: 0.0178, images: 45 },
      { name: 'vessel', share: 0.0012, images: 7 },
    ],
    emptyMasks: ['a', 'b', 'c'],
    vanished: { size: 128, objects: 0, images: [] },
    duplicates: [['patient-0002/slice', 'patient-0009/slice']],
    remarks: [
      'the same image in different subsets: patient-0002/slice (train), patient-0009/slice (validation); keep it in one',
      '3 masks without foreground: patient-0004/slice, patient-0021/slice, patient-0033/slice',
    ],
    skipped: ['notes.txt'],
    faults: [
      'images/patient-0050.png: 300x256 pixels, but its mask has 256x256; give both the same size',
      'masks/patient-0051.png: no image has this name; add images/patient-0051.png or delete the mask',
    ],
  },
  lines: [
    'data      my-scans: 48 images with masks',
    'sizes     256x256 (40), 512x512 (8)',
    'values    8-bit grey (48), from 0 to 255',
    'classes   background 98.1% of pixels, in 48 images; tumour 1.8% of pixels, in 45 images; vessel 0.12% of pixels, in 7 images',
    'empty     3 masks',
    'twice     1 image',
    'split     drawn, as there is no split.json',
    '  train: 34 images',
    '  validation: 7 images',
    '  test: 7 images',
    'skipped   notes.txt',
    'remark    the same image in different subsets: patient-0002/slice (train), patient-0009/slice (validation); keep it in one',
    'fault     images/patient-0050.png: 300x256 pixels, but its mask has 256x256; give both the same size',
  ].join('\n'),
};

export const model: ModelView = {
  name: 'brain',
  initFrom: 'brain',
  config: {} as ModelView['config'],
  weightsSha256: 'b2e4',
  classNames: ['tumour'],
  size: 128,
  outputs: [{ mode: 'accurate', parameters: 573_000, macs: 9e8, bytes: 2_298_608, threshold: 0.5, nodes: [] }],
  about: [],
};

export const facts: EngineFacts = {
  computing: 'WebAssembly, 2 threads',
  threads: 2,
  adapter: null,
  remark: null,
  fault: null,
};

export const storage: StorageView = {
  usedBytes: 48_300_000,
  quotaBytes: 12e9,
  data: [
    { name: 'my-scans', bytes: 31_000_000 },
    { name: 'corrected', bytes: 410_000 },
  ],
  runs: [
    {
      run: 'my-scans-2',
      data: 'data/my-scans',
      epochs: 40,
      epochsDone: 12,
      done: false,
      hasModel: true,
      changed: '2026-11-30',
      bytes: 9_100_000,
    },
    {
      run: 'phantom-1',
      epochs: 20,
      epochsDone: 20,
      done: true,
      hasModel: true,
      changed: '2026-11-29',
      bytes: 7_800_000,
    },
  ],
};
