/** Filters of 3x3 convolution into the Winograd domain, G g G^T, and the sums of their gradients back, G^T u G. */
import { gather } from './lanes';
import { CHANNELS } from './tiles';
import { coefficients, filterAt, IN, WinogradFrame } from './winograd-frame';
import { filterPoints, GROUP, gradientTaps, POINTS } from './winograd-transforms';

/** Fills `frame.filters` for the forward pass from w [3,3,in,out]. */
export function winogradFilters(frame: WinogradFrame, w: usize): void {
  const k = coefficients(frame);
  const inChannels = frame.inChannels;
  const outChannels = frame.outChannels;
  const tap = (<usize>(inChannels * outChannels)) << 2;
  for (let o = 0; o < outChannels; o += CHANNELS) {
    for (let c = 0; c < inChannels; c++) {
      const from = w + ((<usize>(c * outChannels + o)) << 2);
      filterTile(frame, k, from, tap, filterAt(frame, c, o));
    }
  }
}

/** Fills `frame.filters` for the data gradient from w [3,3,out,in] as the frame counts channels: rotated, transposed. */
export function winogradFiltersTransposed(frame: WinogradFrame, w: usize): void {
  const k = coefficients(frame);
  const inChannels = frame.inChannels;
  const outChannels = frame.outChannels;
  const tap = (<usize>(inChannels * outChannels)) << 2;
  const column = (<usize>inChannels) << 2;
  const taps = frame.tile + <usize>POINTS * GROUP;
  for (let o = 0; o < outChannels; o += CHANNELS) {
    for (let c = 0; c < inChannels; c++) {
      for (let t = 0; t < 9; t++) {
        const from = w + <usize>(8 - t) * tap + ((<usize>(o * inChannels + c)) << 2);
        const to = taps + <usize>t * GROUP;
        v128.store(to, gather(from, column));
        v128.store(to, gather(from + 4 * column, column), 16);
      }
      filterTile(frame, k, taps, GROUP, filterAt(frame, c, o));
    }
  }
}

/** G g G^T of 8 filters whose taps lie `tap` bytes apart. */
function filterTile(frame: WinogradFrame, k: usize, g: usize, tap: usize, u: usize): void {
  const tile = frame.tile;
  const point = frame.filterStride;
  filterPoints(k, 3, g, tap, 3 * tap, tile, GROUP, 3 * GROUP);
  filterPoints(k, IN, tile, 3 * GROUP, GROUP, u, 6 * point, point);
}

/** The gradient of w [3,3,in,out] from the sums of products, [in,out] for each point. */
export function winogradTaps(frame: WinogradFrame, dw: usize): void {
  const k = coefficients(frame);
  const inChannels = frame.inChannels;
  const outChannels = frame.outChannels;
  const tap = (<usize>(inChannels * outChannels)) << 2;
  const point = frame.filterStride;
  const tile = frame.tile;
  for (let c = 0; c < inChannels; c++) {
    for (let o = 0; o < outChannels; o += CHANNELS) {
      const at = (<usize>(c * outChannels + o)) << 2;
      gradientTaps(k, IN, frame.filters + at, point, 6 * point, tile, GROUP, 6 * GROUP);
      gradientTaps(k, 3, tile, 6 * GROUP, GROUP, dw + at, 3 * tap, tap);
    }
  }
}
