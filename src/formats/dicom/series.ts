/** Series of DICOM files: a folder of a scanner holds one file for each slice, and often the files of several series. */
import { InputError } from '../../base/errors.js';
import type { OpenedImage, OpenOptions } from '../format.js';
import type { ByteSource } from '../source.js';
import { openFile } from './file.js';
import { framesOf } from './frame-list.js';
import { openFrames } from './opened.js';
import { Pixels } from './pixels.js';
import { isSegmentation, openSegmentation } from './segmentation/segments.js';

/**
 * Opens a file by itself.
 * @throws InputError in one line for a file that is damaged, holds no image, or is not read
 */
export async function openDicom(source: ByteSource, options: OpenOptions): Promise<OpenedImage> {
  return seriesOf([new Pixels(await openFile(source))]).open(options);
}

/** The files of one series. */
export interface Series {
  /** What it is called in errors: `scan/IM0001 (a series of 120 files)`, by the name that comes first. */
  readonly name: string;
  /** The names of its files, sorted. */
  readonly files: readonly string[];
  /** Whether they hold masks of other series. */
  readonly isSegmentation: boolean;
  /**
   * Opens it as one image: a volume, its slices sorted by where they lie in the patient, never by the names of files.
   * @throws InputError for files that make up no stack, and for a plane that cannot be cut
   */
  open(options?: OpenOptions): OpenedImage;
}

type OnFault = (fault: InputError) => void;

/**
 * Groups files by their series, in the order of the files' names. Headers alone are read.
 * @param onFault is told what is wrong with a file that is damaged, holds no image, or is not read, which is then left out;
 * by default it is thrown
 */
export async function findSeries(sources: readonly ByteSource[], onFault: OnFault = refuse): Promise<Series[]> {
  const series = new Map<string, Pixels[]>();
  for (const source of sources.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const pixels = await open(source, onFault);
    if (!pixels) continue;
    // A file that names no series is one by itself.
    const uid = pixels.file.dataset.text('0020000e') ?? `file ${source.name}`;
    const files = series.get(uid);
    if (files) files.push(pixels);
    else series.set(uid, [pixels]);
  }
  return [...series.values()].map(seriesOf);
}

async function open(source: ByteSource, onFault: OnFault): Promise<Pixels | undefined> {
  try {
    return new Pixels(await openFile(source));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    onFault(error);
    return undefined;
  }
}

function refuse(fault: InputError): never {
  throw fault;
}

function seriesOf(files: readonly Pixels[]): Series {
  const [first] = files as [Pixels];
  const isOneFile = files.length === 1;
  const holdsMasks = files.some(isSegmentation);
  const name = isOneFile ? first.file.name : `${first.file.name} (a series of ${files.length} files)`;
  return {
    name,
    files: files.map(({ file }) => file.name),
    isSegmentation: holdsMasks,
    open(options = {}) {
      if (holdsMasks) {
        if (isOneFile) return openSegmentation(first);
        throw new InputError(`${name}: holds segmentations, which are read one by one; keep one file in a folder`);
      }
      checkAlike(files, name);
      return openFrames(files.flatMap(framesOf), { ...options, name, isOneFile });
    },
  };
}

/** @throws InputError for files whose slices cannot be parts of one image */
function checkAlike(files: readonly Pixels[], name: string): void {
  const kindOf = ({ format, channels }: Pixels) => {
    const { width, height, bits, kind, colours } = format;
    return `${width}x${height}x${channels} of ${bits}-bit ${kind} ${colours}`;
  };
  const kind = kindOf(files[0]!);
  const other = files.find((file) => kindOf(file) !== kind);
  if (!other) return;
  const found = `${files[0]!.file.name} is ${kind}, ${other.file.name} is ${kindOf(other)}`;
  throw new InputError(`${name}: not a volume: ${found}; read its files one by one`);
}
