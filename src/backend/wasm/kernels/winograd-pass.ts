/** What the three passes of a convolution read and write in the Winograd domain, and how their buffers are laid out. */
import type { ConvGeometry } from '../../../ops/convolution.js';
import { buffersBehind, FrameLayout, workspaceLength } from './frame.js';

/** Pixels along a side of a tile. */
export const TILE = 4;

/** Points of a tile. */
const POINTS = 36;

/** Elements of the points and products of a block: they should stay in a second-level cache. */
const BLOCK_LENGTH = 192 * 1024;

/** Tiles of a block: at least as many as make the products efficient, at most as many as are worth it. */
const LEAST = 16;
const MOST = 64;

/** Tiles of a block of the weight gradient: each block adds to all sums of products, so that large blocks pay. */
const GRADIENT_BLOCK = 64;

/**
 * Elements between one point and the next, and between streams. Without them the 36 points of a tile would lie at
 * multiples of 4 KB, and so in one set of a cache of 8 or 12 lines.
 */
const POINT_PADDING = 48;
const STREAM_PADDING = 16;

export interface Pass {
  readonly geometry: ConvGeometry;
  /** Channels of each input. */
  readonly inputs: readonly number[];
  /** Channels of each output. */
  readonly outputs: readonly number[];
  readonly relu: boolean;
  /** Tiles of a block, a multiple of 4. */
  readonly block: number;
  /** Whether the tiles of a block follow each other, for sums over tiles; else all channels of a tile lie together. */
  readonly streams: boolean;
}

export const winogradFrame = new FrameLayout('WinogradFrame', [
  'batch',
  'height',
  'width',
  'inChannels',
  'outChannels',
  'relu',
  'inputs',
  'outputs',
  'filters',
  'points',
  'products',
  'filterStride',
  'pointStride',
  'productStride',
  'stream',
  'zeros',
  'tile',
]);

export function forward(geometry: ConvGeometry): Pass {
  const { sources, outChannels, relu } = geometry;
  const block = blockOf(geometry, fittingBlock(geometry));
  return { geometry, inputs: sources, outputs: [outChannels], relu, block, streams: false };
}

/** The data gradient: a convolution of dy with the rotated, transposed filters. */
export function backward(geometry: ConvGeometry): Pass {
  const { sources, outChannels } = geometry;
  const block = blockOf(geometry, fittingBlock(geometry));
  return { geometry, inputs: [outChannels], outputs: sources, relu: false, block, streams: false };
}

/** The weight gradient: sums over tiles. */
export function gradient(geometry: ConvGeometry): Pass {
  return { ...forward(geometry), relu: false, block: blockOf(geometry, GRADIENT_BLOCK), streams: true };
}

/** How many tiles the cache holds. */
function fittingBlock({ inChannels, outChannels }: ConvGeometry): number {
  const fit = Math.floor(BLOCK_LENGTH / (POINTS * (inChannels + outChannels)));
  return Math.max(LEAST, Math.min(MOST, fit));
}

function blockOf(geometry: ConvGeometry, most: number): number {
  return 4 * Math.ceil(Math.min(most, tilesOf(geometry)) / 4);
}

/** Tiles of all images. */
export function tilesOf({ batch, height, width }: ConvGeometry): number {
  return batch * Math.ceil(height / TILE) * Math.ceil(width / TILE);
}

/** Elements of the filters in the Winograd domain. */
export function filtersLength(geometry: ConvGeometry): number {
  return POINTS * filterStride(geometry);
}

/** Elements of the workspace of a pass. */
export function workspaceOf(pass: Pass): number {
  return workspaceLength(wordsOf(pass), buffersOf(pass));
}

/** @param tensors the addresses of the inputs and outputs */
export function writeFrame(
  memory: WebAssembly.Memory,
  pass: Pass,
  tensors: readonly number[],
  workspace: number,
  filters: number,
): void {
  const { geometry, inputs, outputs, streams } = pass;
  const [points, products, zeros, tile] = buffersBehind(wordsOf(pass), buffersOf(pass), workspace);
  const values = {
    batch: geometry.batch,
    height: geometry.height,
    width: geometry.width,
    inChannels: sum(inputs),
    outChannels: sum(outputs),
    relu: Number(pass.relu),
    inputs: inputs.length,
    outputs: outputs.length,
    filters,
    points: points!,
    products: products!,
    filterStride: 4 * filterStride(geometry),
    pointStride: 4 * pointStride(pass, inputs),
    productStride: 4 * pointStride(pass, outputs),
    stream: streams ? 4 * streamOf(pass) : 0,
    zeros: zeros!,
    tile: tile!,
  };
  winogradFrame.write(memory, workspace, values, tensors, [...inputs, ...outputs]);
}

/** The lengths of the buffers behind the frame. */
function buffersOf(pass: Pass): readonly [points: number, products: number, zeros: number, tile: number] {
  const { inputs, outputs } = pass;
  return [
    POINTS * pointStride(pass, inputs),
    POINTS * pointStride(pass, outputs),
    6 * Math.max(sum(inputs), sum(outputs)),
    (POINTS + TILE * TILE) * 8 + 16,
  ];
}

/** Elements from the filters of a point to those of the next. */
function filterStride({ inChannels, outChannels }: ConvGeometry): number {
  return inChannels * outChannels + POINT_PADDING;
}

/** Elements from a point of a block to the next. */
function pointStride(pass: Pass, channels: readonly number[]): number {
  return (sum(channels) / 8) * streamOf(pass) + POINT_PADDING;
}

/** Elements of 8 channels of the tiles of a block. */
function streamOf({ block, streams }: Pass): number {
  return 8 * block + (streams ? STREAM_PADDING : 0);
}

function wordsOf({ inputs, outputs }: Pass): number {
  return winogradFrame.words(inputs.length + outputs.length);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
