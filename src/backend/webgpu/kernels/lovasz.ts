/** The Lovász hinge and the Lovász-softmax. */
import { InputError } from '../../../base/errors.js';
import type { LovaszGeometry } from '../../../ops/lovasz.js';
import {
  type Dispatch,
  type Groups,
  input,
  invocations,
  type KernelsOf,
  type Operand,
  output,
  rows,
  WORKGROUP,
} from '../kernel.js';
import { total, weightVectors } from './loss.js';
import { merges, sort } from './sort.js';
import { workspaceParts } from './workspace.js';

/** Pixels of a workgroup where they are counted in their order: each invocation has `SPAN` of shaders/lovasz.wgsl. */
const BLOCK = 4 * WORKGROUP;

/** Pairs that are sorted at once, if one surface does not have more: they fill a GPU, and the workspace stays small. */
const PAIRS = 1 << 20;

/** Pixels of an image: so many pairs, twice, take half of the memory that every WebGPU has in one piece. */
const MOST_PIXELS = 1 << 23;

/** Some images and a range of their channels, the surfaces of which are worked on at once. */
interface Chunk {
  readonly image: number;
  readonly images: number;
  readonly channel: number;
  readonly channels: number;
}

/** All channels of several images, or some of one. */
function chunksOf({ batch, positions, classes }: LovaszGeometry): readonly Chunk[] {
  const surfaces = Math.max(Math.floor(PAIRS / positions), 1);
  const most = { channels: Math.min(classes, surfaces), images: Math.max(Math.floor(surfaces / classes), 1) };
  const chunks: Chunk[] = [];
  for (let image = 0; image < batch; image += most.images) {
    const images = Math.min(most.images, batch - image);
    for (let channel = 0; channel < classes; channel += most.channels) {
      chunks.push({ image, images, channel, channels: Math.min(most.channels, classes - channel) });
    }
  }
  return chunks;
}

/** All there is, for what is done at once. */
const wholeOf = ({ batch, classes }: LovaszGeometry): Chunk => ({
  image: 0,
  images: batch,
  channel: 0,
  channels: classes,
});

const surfacesOf = ({ images, channels }: Chunk): number => images * channels;

const blocksOf = ({ positions }: LovaszGeometry): number => Math.ceil(positions / BLOCK);

/** The workspace: that of the chunks, and what is kept from one to the next. */
function partsOf(geometry: LovaszGeometry) {
  const { batch, positions, classes } = geometry;
  if (positions > MOST_PIXELS) {
    throw new InputError(
      `webgpu: the Lovász loss takes images of at most ${MOST_PIXELS} pixels, got ${positions}; take smaller images, another loss or the wasm backend`,
    );
  }
  // The first chunk is the largest.
  const surfaces = surfacesOf(chunksOf(geometry)[0]!);
  const pairs = 2 * surfaces * positions;
  return workspaceParts({
    surfaces: 2 * batch * classes,
    pairs,
    spare: merges(positions) ? pairs : 0,
    counts: surfaces * blocksOf(geometry),
    losses: batch * classes * blocksOf(geometry),
  });
}

function dispatch(
  entry: string,
  geometry: LovaszGeometry,
  { image, images, channel, channels }: Chunk,
  buffers: readonly Operand[],
  groups: Groups,
): Dispatch {
  const { batch, positions, classes, classWeights } = geometry;
  const ofChunk = [image, channel, channels, images * channels, blocksOf(geometry)];
  return {
    shader: 'lovasz',
    entry,
    buffers: [input(0), input(1), ...buffers],
    uniforms: { integers: [batch, positions, classes, ...ofChunk], vectors: weightVectors(classWeights) },
    groups,
  };
}

/** Sorts and counts the pixels of all surfaces, chunk by chunk; `entry` then makes of each chunk what goes to `results`. */
function chunkwise(geometry: LovaszGeometry, entry: string, results: readonly Operand[]): Dispatch[] {
  const { positions } = geometry;
  const { surfaces, pairs, spare, counts } = partsOf(geometry).parts;
  return chunksOf(geometry).flatMap((chunk) => {
    const planes = surfacesOf(chunk);
    const { dispatches: sorting, sorted } = sort(planes, positions, pairs, spare);
    const blocks = rows(planes * blocksOf(geometry));
    return [
      dispatch('keys', geometry, chunk, [surfaces, pairs], invocations(chunk.images * positions)),
      ...sorting,
      dispatch('count', geometry, chunk, [surfaces, sorted, counts], blocks),
      dispatch(entry, geometry, chunk, [surfaces, sorted, counts, ...results], blocks),
    ];
  });
}

/** Counts the pixels of each surface. */
function shares(geometry: LovaszGeometry): Dispatch {
  return dispatch('shares', geometry, wholeOf(geometry), [partsOf(geometry).parts.surfaces], rows(geometry.batch));
}

export const lovasz: KernelsOf<'lovasz' | 'lovaszGrad'> = {
  lovasz: {
    workspace: (geometry) => partsOf(geometry).length,
    dispatches(geometry) {
      const { losses } = partsOf(geometry).parts;
      const count = surfacesOf(wholeOf(geometry)) * blocksOf(geometry);
      return [shares(geometry), ...chunkwise(geometry, 'values', [losses]), total(losses, count)];
    },
  },
  lovaszGrad: {
    workspace: (geometry) => partsOf(geometry).length,
    dispatches(geometry) {
      const { surfaces, pairs, counts } = partsOf(geometry).parts;
      const results = [output(0), input(2)];
      const slopes = [shares(geometry), ...chunkwise(geometry, 'derivatives', results)];
      if (geometry.classes === 1) return slopes;
      const pixels = invocations(geometry.batch * geometry.positions);
      return [
        ...slopes,
        dispatch('gradient', geometry, wholeOf(geometry), [surfaces, pairs, counts, ...results], pixels),
      ];
    },
  },
};
