/** NIfTI-1 and NIfTI-2 as one of the formats of images: volumes of scanners, in one file, as it is or in gzip. */
import { InputError, invariant } from '../../base/errors.js';
import { show } from '../../base/show.js';
import type { ImageFormat, ImageHeader, OpenedImage, OpenOptions } from '../format.js';
import { inflateStart, isGzip } from '../gunzip.js';
import { checkLimits } from '../limits.js';
import { bytesOf, samplesOf } from '../numbers.js';
import type { ByteSource } from '../source.js';
import { stackChannels } from '../stack.js';
import { affineOfSlices, finestPlane, pixelSpacing, runOf, sliced, windowed } from '../volume.js';
import { type NiftiHeader, parseHeader } from './header.js';
import { layoutOf, NIFTI_2 } from './layout.js';
import { resultsBeside } from './results.js';
import { checkLength, decodeSlice, type Selection, samplesFor, Voxels } from './voxels.js';

export const niftiFormat: ImageFormat = {
  name: 'NIfTI',
  extensions: ['.nii', '.nii.gz'],
  // What is in a gzip file shows only when it is opened.
  matches: (start) => isGzip(start) || layoutOf(start) !== undefined,
  async open(source: ByteSource, options: OpenOptions): Promise<OpenedImage> {
    const { name } = source;
    const isCompressed = isGzip(await source.read(0, 2));
    const longest = NIFTI_2.length;
    const start = isCompressed ? await inflateStart(source, longest) : await source.read(0, longest);
    const header = await parseHeader(start, isCompressed, name);
    checkLength(source, header, isCompressed);
    const slicing = sliced(header, options.plane ?? finestPlane(header));
    const opened = (volume: number) => openVolume(source, { header, volume, slicing, isCompressed }, options);
    if (!areChannels(header, options)) return opened(volumeOf(header, options, name));
    return stackChannels(Array.from({ length: header.volumes }, (_, volume) => ({ name, opened: opened(volume) })));
  },
};

/** Whether the volumes of a file are the channels that are wanted. */
function areChannels({ volumes, type }: NiftiHeader, { volume, channels }: OpenOptions): boolean {
  return volume === undefined && volumes > 1 && volumes * type.channels === channels;
}

function openVolume(source: ByteSource, selection: Selection, { volume }: OpenOptions): OpenedImage {
  const { name } = source;
  const { header, slicing, isCompressed } = selection;
  const voxels = new Voxels(source, selection);
  const said = imageHeader(selection, volume !== undefined);
  checkSlices(said, header, name);
  return {
    format: 'NIfTI',
    header: said,
    verify: () => voxels.verify(),
    readsWindows: true,
    async read(slice, window) {
      invariant(slice >= 0 && slice < said.slices, `slice ${slice} of ${said.slices}`);
      const run = runOf(window ? windowed(slicing, window) : slicing, slice);
      const image = decodeSlice(await voxels.read(run), run.slicing, header, `${name}: slice ${slice + 1}`);
      return { ...image, spacing: pixelSpacing(slicing) };
    },
    results: resultsBeside({ header, slicing, isCompressed }),
  };
}

/** The volume that is read, counted from 0. @throws InputError where there are several and none is named */
function volumeOf({ volumes, what }: NiftiHeader, { volume }: OpenOptions, name: string): number {
  if (volume === undefined && volumes === 1) return 0;
  const most = `${volumes} volume${volumes === 1 ? '' : 's'}`;
  if (volume === undefined) {
    throw new InputError(`${name}: holds ${most}, ${what}, expected one; name it, volume 1 to ${volumes}`);
  }
  if (Number.isInteger(volume) && volume >= 1 && volume <= volumes) return volume - 1;
  throw new InputError(`${name}: holds ${most}, got volume ${show(volume)}; expected a whole number, 1 to ${volumes}`);
}

/** @param isNamed whether the volume is one of several that was chosen */
function imageHeader({ header, volume, slicing }: Selection, isNamed: boolean): ImageHeader {
  const { type, letters, isPlaced, volumes } = header;
  const remarks = [
    ...(isNamed && volumes > 1 ? [`Volume ${volume + 1} of ${volumes} is read.`] : []),
    ...(isPlaced ? [] : [`The file does not say where its axes run, which are taken as ${letters}.`]),
  ];
  return {
    width: slicing.columns.length,
    height: slicing.rows.length,
    channels: type.channels,
    bits: 8 * bytesOf(type.numbers),
    samples: samplesOf(type.numbers),
    slices: slicing.slices.length,
    spacing: pixelSpacing(slicing),
    sliceSpacing: slicing.slices.spacing,
    plane: slicing.plane,
    ...(isPlaced && { orientation: letters, affine: affineOfSlices(header, slicing) }),
    ...(remarks.length > 0 && { remarks }),
  };
}

/** @throws InputError for slices that are too large */
function checkSlices({ width, height, channels }: ImageHeader, header: NiftiHeader, name: string): void {
  const bytes = width * height * channels * samplesFor(header, 0).BYTES_PER_ELEMENT;
  checkLimits(width, height, bytes, `a slice of ${width}x${height} of ${header.type.name}`, name);
}
