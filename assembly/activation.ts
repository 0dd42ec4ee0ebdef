/** ReLU, sigmoid and softmax. Elementwise kernels may write over their first input. */
import { gather, loadPart, scatter, storePart } from './lanes';
import { exp, logistic } from './math';

function relu4(x: v128): v128 {
  // pmax is one instruction on x64 and keeps NaN in this order of its operands
  return f32x4.pmax(x, f32x4.splat(0));
}

function reluGrad4(dy: v128, y: v128): v128 {
  return v128.and(dy, f32x4.gt(y, f32x4.splat(0)));
}

function sigmoidGrad4(dy: v128, y: v128): v128 {
  return f32x4.mul(f32x4.mul(dy, y), f32x4.sub(f32x4.splat(1), y));
}

/** y = max(x, 0). */
export function relu(length: i32, x: usize, y: usize): void {
  for (; length >= 8; length -= 8, x += 32, y += 32) {
    const a = relu4(v128.load(x));
    const b = relu4(v128.load(x, 16));
    v128.store(y, a);
    v128.store(y, b, 16);
  }
  for (; length > 0; length -= 4, x += 16, y += 16) storePart(y, relu4(loadPart(x, length)), length);
}

/** dx = dy where y > 0, else 0. */
export function reluGrad(length: i32, dy: usize, y: usize, dx: usize): void {
  for (; length >= 8; length -= 8, dy += 32, y += 32, dx += 32) {
    const a = reluGrad4(v128.load(dy), v128.load(y));
    const b = reluGrad4(v128.load(dy, 16), v128.load(y, 16));
    v128.store(dx, a);
    v128.store(dx, b, 16);
  }
  for (; length > 0; length -= 4, dy += 16, y += 16, dx += 16) {
    storePart(dx, reluGrad4(loadPart(dy, length), loadPart(y, length)), length);
  }
}

/** y = 1 / (1 + exp(-x)). */
export function sigmoid(length: i32, x: usize, y: usize): void {
  for (; length > 0; length -= 4, x += 16, y += 16) storePart(y, logistic(loadPart(x, length)), length);
}

/** dx = dy y (1 - y). */
export function sigmoidGrad(length: i32, dy: usize, y: usize, dx: usize): void {
  for (; length >= 8; length -= 8, dy += 32, y += 32, dx += 32) {
    const a = sigmoidGrad4(v128.load(dy), v128.load(y));
    const b = sigmoidGrad4(v128.load(dy, 16), v128.load(y, 16));
    v128.store(dx, a);
    v128.store(dx, b, 16);
  }
  for (; length > 0; length -= 4, dy += 16, y += 16, dx += 16) {
    storePart(dx, sigmoidGrad4(loadPart(dy, length), loadPart(y, length)), length);
  }
}

/**
 * y = exp(x) / sum over the row of exp(x), x and y [rows, channels]. Lanes are rows, so that no number of channels
 * leaves a tail; `columns` is a workspace for four rows, transposed: 4 x channels elements.
 */
export function softmax(rows: i32, channels: i32, x: usize, y: usize, columns: usize): void {
  const row = (<usize>channels) << 2;
  while (rows > 0) {
    // the last rows, if less than four, go one by one in four equal lanes
    const block = rows < 4 ? 1 : 4;
    const stride: usize = rows < 4 ? 0 : row;
    const largest = transpose(channels, x, stride, columns);
    const sum = exponentials(channels, largest, columns);
    for (let c: usize = 0; c < row; c += 4) scatter(y + c, stride, f32x4.div(v128.load(columns + 4 * c), sum));
    rows -= block;
    x += <usize>block * row;
    y += <usize>block * row;
  }
}

/** dx = y (dy - sum over the row of dy y), all [rows, channels]. */
export function softmaxGrad(rows: i32, channels: i32, dy: usize, y: usize, dx: usize): void {
  const row = (<usize>channels) << 2;
  while (rows > 0) {
    const block = rows < 4 ? 1 : 4;
    const stride: usize = rows < 4 ? 0 : row;
    let sum = f32x4.splat(0);
    for (let c: usize = 0; c < row; c += 4) {
      sum = f32x4.add(sum, f32x4.mul(gather(dy + c, stride), gather(y + c, stride)));
    }
    for (let c: usize = 0; c < row; c += 4) {
      scatter(dx + c, stride, f32x4.mul(gather(y + c, stride), f32x4.sub(gather(dy + c, stride), sum)));
    }
    rows -= block;
    dy += <usize>block * row;
    y += <usize>block * row;
    dx += <usize>block * row;
  }
}

/** Four rows, `stride` bytes apart, as `channels` vectors; the result is the largest element of each row. */
export function transpose(channels: i32, x: usize, stride: usize, columns: usize): v128 {
  let largest = gather(x, stride);
  for (const end = x + ((<usize>channels) << 2); x < end; x += 4, columns += 16) {
    const column = gather(x, stride);
    largest = f32x4.pmax(largest, column);
    v128.store(columns, column);
  }
  return largest;
}

/** Replaces x by exp(x - largest) in `channels` vectors; the result is the sum of each lane. */
export function exponentials(channels: i32, largest: v128, columns: usize): v128 {
  let sum = f32x4.splat(0);
  for (const end = columns + ((<usize>channels) << 4); columns < end; columns += 16) {
    const power = exp(f32x4.sub(v128.load(columns), largest));
    sum = f32x4.add(sum, power);
    v128.store(columns, power);
  }
  return sum;
}
