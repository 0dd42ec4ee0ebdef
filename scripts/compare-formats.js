/**
 * `npm run formats -- DIR`: reads every file of DIR/nifti, DIR/tiff and DIR/dicom with this library, and with nibabel,
 * tifffile and pydicom with gdcm (Debian's packages python3-nibabel, python3-tifffile, python3-pydicom, python3-gdcm,
 * libtiff-tools), and compares sizes, sums of values, spacing and orientation. Each line says that a file is equal, that
 * it differs, or why it is refused. PYTHON names another interpreter than /usr/bin/python3.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { openImage } from '../dist/src/core.js';
import { openFile } from '../dist/src/platform/node/files/read.js';

const KINDS = ['nifti', 'tiff', 'dicom'];
/** What lies beside the images. */
const ABOUT = /(?:README|LICENSE|\.py|\.txt)$/;

const [dir] = process.argv.slice(2);
if (dir === undefined) {
  console.error('npm run formats -- DIR, a folder with nifti/, tiff/ and dicom/');
  process.exit(2);
}
const files = KINDS.flatMap((kind) =>
  readdirSync(join(dir, kind), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !ABOUT.test(entry.name))
    .map((entry) => ({ kind, path: join(entry.parentPath ?? entry.path, entry.name) }))
    .sort((a, b) => (a.path < b.path ? -1 : 1)),
);
const theirs = readByPython(files);
const counts = { equal: 0, differs: 0, refused: 0, 'read here alone': 0 };
for (const { kind, path } of files) {
  const [ours, other] = [await readHere(path), theirs.get(path)];
  const { verdict, detail } = compare(kind, ours, other);
  counts[verdict]++;
  console.log(`${verdict.padEnd(16)} ${relative(dir, path)}  ${detail}`);
}
console.log(
  Object.entries(counts)
    .map(([verdict, count]) => `${count} ${verdict}`)
    .join(', '),
);
process.exitCode = counts.differs > 0 ? 1 : 0;

/** Reads all slices of a file, of a series of volumes those of the first. */
async function readHere(path) {
  try {
    const source = await openFile(path);
    const opened = await openImage(source).catch((error) => {
      if (!/volume/.test(error.message)) throw error;
      return openImage(source, { volume: 1 });
    });
    let sum = 0;
    for (let slice = 0; slice < opened.header.slices; slice++) {
      for (const value of (await opened.read(slice)).data) sum += value;
    }
    return { ...opened.header, sum };
  } catch (error) {
    return { refused: error.message.replace(`${path}: `, '') };
  }
}

function readByPython(files) {
  const script = fileURLToPath(new URL('compare-formats.py', import.meta.url));
  const input = files.map(({ kind, path }) => `${kind} ${path}\n`).join('');
  const { PYTHON = '/usr/bin/python3' } = process.env;
  const { stdout, stderr, status } = spawnSync(PYTHON, [script], { input, encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (status !== 0) {
    console.error(stderr);
    process.exit(1);
  }
  return new Map(
    stdout
      .trim()
      .split('\n')
      .map((line) => [JSON.parse(line).path, JSON.parse(line)]),
  );
}

function compare(kind, ours, theirs) {
  if (ours.refused) return { verdict: 'refused', detail: ours.refused };
  const { width, height, slices, channels, bits, samples, sum, spacing, orientation } = ours;
  const detail = `${width}x${height}x${slices}, ${channels} of ${bits}-bit ${samples}, sum ${sum}`;
  if (theirs.refused) return { verdict: 'read here alone', detail: `${detail}; ${theirs.refused}` };
  const sorted = (sizes) => sizes.toSorted((a, b) => a - b).join();
  const sizes = kind === 'nifti' ? [width, height, slices] : [height, width];
  const isClose = (a, b) => Math.abs(a - b) <= 1e-6 * Math.max(1, Math.abs(b));
  // Decoders of JPEG round differently: by half a grey value in the mean at most.
  const isNear = Math.abs(sum - theirs.sum) <= 0.5 * width * height * slices * channels;
  const wrong = [
    ...(sorted(sizes) === sorted(theirs.sizes) ? [] : [`sizes ${theirs.sizes}`]),
    // Values are kept as float32: the rounding of each is far below this share of their sum.
    ...(isClose(sum, theirs.sum) || (theirs.lossy && isNear) ? [] : [`sum ${theirs.sum}`]),
    ...(theirs.spacing && !theirs.spacing.every((mm, k) => isClose(spacing?.[k], mm))
      ? [`spacing ${theirs.spacing}`]
      : []),
    ...(theirs.orientation && theirs.orientation !== orientation ? [`orientation ${theirs.orientation}`] : []),
  ];
  if (wrong.length === 0) return { verdict: 'equal', detail };
  return {
    verdict: 'differs',
    detail: `${detail}, orientation ${orientation}, spacing ${spacing}; there ${wrong.join(', ')}`,
  };
}
