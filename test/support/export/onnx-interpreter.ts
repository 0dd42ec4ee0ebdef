/**
 * Runs ONNX models in float64, written from the specification of the operators (https://onnx.ai/onnx/operators, set 13)
 * and not from our kernels. What it does not know it refuses: operators, attributes and their values.
 */
import type { NdArray } from '../../../src/backend/run.js';
import type { OnnxAttribute, ReadModel, ReadNode } from './onnx-reader.js';

interface Array64 extends NdArray {
  readonly data: Float64Array;
}

/** The attributes of a node, each of which must be taken. */
class Attributes {
  readonly #left: Map<string, OnnxAttribute>;

  constructor(readonly node: ReadNode) {
    this.#left = new Map(node.attributes);
  }

  take(name: string): OnnxAttribute {
    const value = this.#left.get(name);
    this.#left.delete(name);
    if (value === undefined) throw new Error(`${this.node.operator} has no ${name}`);
    return value;
  }

  /** What this interpreter knows; the attribute must be there, so that no default of the specification is forgotten. */
  expect(name: string, known: OnnxAttribute): void {
    const value = this.take(name);
    if (String(value) !== String(known)) throw new Error(`${this.node.operator}: ${name} is ${value}`);
  }

  end(): void {
    if (this.#left.size) throw new Error(`${this.node.operator} has also ${[...this.#left.keys()]}`);
  }
}

type Operator = (inputs: readonly Array64[], attributes: Attributes) => Array64;

/** The outputs of a model, by name. */
export function runOnnx(model: ReadModel, inputs: ReadonlyMap<string, NdArray>): Map<string, Array64> {
  const values = new Map<string, Array64>();
  for (const [name, { shape, data }] of [...model.initializers, ...inputs]) {
    values.set(name, { shape, data: Float64Array.from(data) });
  }
  const lookUp = (name: string): Array64 => {
    const value = values.get(name);
    if (!value) throw new Error(`nothing before it computes ${name}`);
    return value;
  };
  for (const node of model.nodes) {
    const operator = OPERATORS[node.operator];
    if (!operator) throw new Error(`unknown operator ${node.operator}`);
    const attributes = new Attributes(node);
    // An optional input that is left out is an empty tensor, as Resize may have it.
    const given = node.inputs.map((name) => (name === '' ? { shape: [0], data: new Float64Array(0) } : lookUp(name)));
    const result = operator(given, attributes);
    attributes.end();
    if (node.outputs.length !== 1 || values.has(node.outputs[0]!)) throw new Error(`outputs ${node.outputs}`);
    values.set(node.outputs[0]!, result);
  }
  return new Map([...model.outputs.keys()].map((name) => [name, lookUp(name)]));
}

const OPERATORS: Readonly<Record<string, Operator>> = {
  Add: (inputs) => broadcast(inputs, (a, b) => a + b),
  Sub: (inputs) => broadcast(inputs, (a, b) => a - b),
  Div: (inputs) => broadcast(inputs, (a, b) => a / b),
  Equal: (inputs) => broadcast(inputs, (a, b) => Number(a === b)),
  Mul: (inputs) => broadcast(inputs, (a, b) => a * b),
  Sum: (inputs) => broadcast(inputs, (a, b) => a + b),
  Relu: ([x]) => map(x!, (value) => Math.max(0, value)),
  Sqrt: ([x]) => map(x!, Math.sqrt),
  Sigmoid: ([x]) => map(x!, (value) => 1 / (1 + Math.exp(-value))),

  Concat(inputs, attributes) {
    attributes.expect('axis', 1);
    const [n, , height, width] = inputs[0]!.shape;
    const shape = [n!, inputs.reduce((sum, x) => sum + x.shape[1]!, 0), height!, width!];
    const offsets = inputs.map((_, k) => inputs.slice(0, k).reduce((sum, x) => sum + x.shape[1]!, 0));
    return fill(shape, ([b, c, y, x]) => {
      const k = offsets.findLastIndex((offset) => offset <= c!);
      return at(inputs[k]!, b!, c! - offsets[k]!, y!, x!);
    });
  },

  Conv([x, w, bias], attributes) {
    const kernel = w!.shape.slice(2) as [number, number];
    attributes.expect('kernel_shape', kernel);
    attributes.expect('strides', [1, 1]);
    const [top, left, bottom, right] = attributes.take('pads') as number[];
    const [n, channels, height, width] = x!.shape as [number, number, number, number];
    if (w!.shape[1] !== channels) throw new Error(`Conv: W ${w!.shape} for X ${x!.shape}`);
    const shape = [n, w!.shape[0]!, height + top! + bottom! - kernel[0] + 1, width + left! + right! - kernel[1] + 1];
    return fill(shape, ([b, o, row, column]) => {
      let sum = bias!.data[o!]!;
      for (let c = 0; c < channels; c++) {
        for (let ky = 0; ky < kernel[0]; ky++) {
          for (let kx = 0; kx < kernel[1]; kx++) {
            const [iy, ix] = [row! + ky - top!, column! + kx - left!];
            const inside = iy >= 0 && iy < height && ix >= 0 && ix < width;
            if (inside) sum += at(w!, o!, c, ky, kx) * at(x!, b!, c, iy, ix);
          }
        }
      }
      return sum;
    });
  },

  /** Without overlap: kernels are as large as strides. */
  ConvTranspose([x, w, bias], attributes) {
    attributes.expect('kernel_shape', [2, 2]);
    attributes.expect('strides', [2, 2]);
    const [n, channels, height, width] = x!.shape as [number, number, number, number];
    const [inChannels, outChannels, ...kernel] = w!.shape;
    if (inChannels !== channels || String(kernel) !== '2,2') throw new Error(`ConvTranspose: W ${w!.shape}`);
    return fill([n, outChannels!, 2 * height, 2 * width], ([b, o, row, column]) => {
      let sum = bias!.data[o!]!;
      for (let c = 0; c < channels; c++) {
        sum += at(x!, b!, c, row! >> 1, column! >> 1) * at(w!, c, o!, row! & 1, column! & 1);
      }
      return sum;
    });
  },

  MaxPool([x], attributes) {
    attributes.expect('kernel_shape', [2, 2]);
    attributes.expect('strides', [2, 2]);
    const [n, channels, height, width] = x!.shape;
    return fill([n!, channels!, Math.floor(height! / 2), Math.floor(width! / 2)], ([b, c, row, column]) =>
      Math.max(...[0, 1].flatMap((dy) => [0, 1].map((dx) => at(x!, b!, c!, 2 * row! + dy, 2 * column! + dx)))),
    );
  },

  Softmax([x], attributes) {
    attributes.expect('axis', 1);
    const exponentials = map(x!, Math.exp);
    return fill(x!.shape, ([b, c, row, column]) => {
      let sum = 0;
      for (let k = 0; k < x!.shape[1]!; k++) sum += at(exponentials, b!, k, row!, column!);
      return at(exponentials, b!, c!, row!, column!) / sum;
    });
  },

  /** Linear interpolation is separable; outside, the border's values go on. */
  Resize([x, region, scales], attributes) {
    if (region!.data.length || scales!.data[0] !== 1 || scales!.data[1] !== 1)
      throw new Error('Resize: region or scales');
    const mode = attributes.take('mode') as string;
    const transformation = attributes.take('coordinate_transformation_mode') as string;
    if (mode === 'nearest') attributes.expect('nearest_mode', 'floor');
    const [n, channels, height, width] = x!.shape as [number, number, number, number];
    const [outHeight, outWidth] = [Math.floor(height * scales!.data[2]!), Math.floor(width * scales!.data[3]!)];
    const position = (out: number, size: number, outSize: number): number => {
      if (transformation === 'asymmetric') return (out * size) / outSize;
      if (transformation === 'half_pixel') return ((out + 0.5) * size) / outSize - 0.5;
      if (transformation === 'align_corners') return outSize === 1 ? 0 : (out * (size - 1)) / (outSize - 1);
      throw new Error(`Resize: ${transformation}`);
    };
    const taps = (out: number, size: number, outSize: number): (readonly [number, number])[] => {
      const original = position(out, size, outSize);
      const first = Math.floor(original);
      const inside = (index: number) => Math.min(Math.max(index, 0), size - 1);
      if (mode === 'nearest') return [[inside(first), 1]];
      if (mode !== 'linear') throw new Error(`Resize: ${mode}`);
      return [
        [inside(first), 1 - (original - first)],
        [inside(first + 1), original - first],
      ];
    };
    return fill([n, channels, outHeight, outWidth], ([b, c, row, column]) => {
      let sum = 0;
      for (const [iy, wy] of taps(row!, height, outHeight)) {
        for (const [ix, wx] of taps(column!, width, outWidth)) sum += wy * wx * at(x!, b!, c!, iy, ix);
      }
      return sum;
    });
  },

  BatchNormalization([x, scale, bias, mean, variance], attributes) {
    const epsilon = attributes.take('epsilon') as number;
    for (const { shape } of [scale!, bias!, mean!, variance!]) {
      if (String(shape) !== String([x!.shape[1]])) throw new Error(`BatchNormalization: a parameter is [${shape}]`);
    }
    return fill(x!.shape, (index) => {
      const c = index[1]!;
      const distance = x!.data[offset(x!, index)]! - mean!.data[c]!;
      return (distance / Math.sqrt(variance!.data[c]! + epsilon)) * scale!.data[c]! + bias!.data[c]!;
    });
  },

  /** x [N,C,...]: over all axes from the third on. */
  InstanceNormalization([x, scale, bias], attributes) {
    const epsilon = attributes.take('epsilon') as number;
    const channels = x!.shape[1]!;
    for (const { shape } of [scale!, bias!]) {
      if (String(shape) !== String([channels])) throw new Error(`InstanceNormalization: a parameter is [${shape}]`);
    }
    const length = x!.shape.slice(2).reduce((product, size) => product * size, 1);
    const data = new Float64Array(x!.data.length);
    for (let start = 0; start < data.length; start += length) {
      const values = x!.data.subarray(start, start + length);
      const c = (start / length) % channels;
      const mean = values.reduce((sum, value) => sum + value, 0) / length;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / length;
      const factor = scale!.data[c]! / Math.sqrt(variance + epsilon);
      data.set(
        values.map((value) => factor * (value - mean) + bias!.data[c]!),
        start,
      );
    }
    return { shape: x!.shape, data };
  },

  ReduceMean: reduction((values) => values.reduce((sum, value) => sum + value, 0) / values.length),
  ReduceMin: reduction((values) => values.reduce((least, value) => Math.min(least, value))),
  ReduceMax: reduction((values) => values.reduce((most, value) => Math.max(most, value))),

  /** The last input is the largest. */
  Where: ([condition, yes, no]) =>
    fill(no!.shape, (index) => {
      const chosen = condition!.data[offset(condition!, index)] ? yes! : no!;
      return chosen.data[offset(chosen, index)]!;
    }),

  Shape: ([x]) => ({ shape: [x!.shape.length], data: Float64Array.from(x!.shape) }),

  Pad([x, pads], attributes) {
    const mode = attributes.take('mode');
    const before = [...pads!.data.subarray(0, 4)];
    const behind = [...pads!.data.subarray(4)];
    if (pads!.shape[0] !== 8) throw new Error(`Pad: pads of [${pads!.shape}]`);
    const source = (at: number, size: number): number => {
      if (mode === 'edge') return Math.min(Math.max(at, 0), size - 1);
      if (mode !== 'reflect' || at <= -size || at >= 2 * size - 1) throw new Error(`Pad: ${mode} at ${at} of ${size}`);
      return at < 0 ? -at : at >= size ? 2 * size - 2 - at : at;
    };
    return fill(
      x!.shape.map((size, axis) => size + before[axis]! + behind[axis]!),
      (index) => {
        const [a, b, c, d] = index.map((value, axis) => source(value - before[axis]!, x!.shape[axis]!));
        return at(x!, a!, b!, c!, d!);
      },
    );
  },

  Slice([x, starts, ends, axes]) {
    const [first, size] = [x!.shape.map(() => 0), [...x!.shape]];
    axes!.data.forEach((axis, k) => {
      const [start, end] = [starts!.data[k]!, ends!.data[k]!];
      if (start < 0 || end > x!.shape[axis]! || end <= start) throw new Error(`Slice: ${start} to ${end}`);
      [first[axis], size[axis]] = [start, end - start];
    });
    return fill(size, ([a, b, c, d]) => at(x!, a! + first[0]!, b! + first[1]!, c! + first[2]!, d! + first[3]!));
  },

  /** 0 keeps an axis, -1 takes what is left. */
  Reshape([x, target]) {
    const sizes = [...target!.data].map((size, axis) => (size === 0 ? x!.shape[axis]! : size));
    const known = sizes.filter((size) => size !== -1).reduce((product, size) => product * size, 1);
    const shape = sizes.map((size) => (size === -1 ? x!.data.length / known : size));
    if (shape.reduce((product, size) => product * size, 1) !== x!.data.length) {
      throw new Error(`Reshape: [${x!.shape}] to [${shape}]`);
    }
    return { shape, data: x!.data };
  },
};

/** A reduction of each image to one value; axes that are reduced stay, with size 1. */
function reduction(of: (values: Float64Array) => number): Operator {
  return ([x], attributes) => {
    attributes.expect('axes', [1, 2, 3]);
    attributes.expect('keepdims', 1);
    const [batch] = x!.shape as [number];
    const length = x!.data.length / batch;
    return fill([batch, 1, 1, 1], ([b]) => of(x!.data.subarray(b! * length, (b! + 1) * length)));
  };
}

/** An array with `element(index)` at each index. */
function fill(shape: readonly number[], element: (index: readonly number[]) => number): Array64 {
  const data = new Float64Array(shape.reduce((product, size) => product * size, 1));
  const index = shape.map(() => 0);
  for (let i = 0; i < data.length; i++) {
    data[i] = element(index);
    for (let k = shape.length - 1; k >= 0 && ++index[k]! === shape[k]; k--) index[k] = 0;
  }
  return { shape, data };
}

function map(x: Array64, of: (value: number) => number): Array64 {
  return { shape: x.shape, data: x.data.map(of) };
}

function at({ shape, data }: Array64, a: number, b: number, c: number, d: number): number {
  return data[((a * shape[1]! + b) * shape[2]! + c) * shape[3]! + d]!;
}

/** The index in `array` of element `index` of a larger one: axes of size 1, or that it lacks in front, are repeated. */
function offset({ shape }: Array64, index: readonly number[]): number {
  const skipped = index.length - shape.length;
  return shape.reduce((sum, size, axis) => sum * size + (size === 1 ? 0 : index[axis + skipped]!), 0);
}

/** NumPy's broadcasting, from the left. */
function broadcast(inputs: readonly Array64[], of: (a: number, b: number) => number): Array64 {
  return inputs.reduce((a, b) => {
    const rank = Math.max(a.shape.length, b.shape.length);
    const padded = [a, b].map(({ shape }) => [...new Array<number>(rank - shape.length).fill(1), ...shape]);
    const shape = padded[0]!.map((size, axis) => {
      const other = padded[1]![axis]!;
      if (size !== other && size !== 1 && other !== 1) throw new Error(`[${a.shape}] and [${b.shape}] do not fit`);
      return Math.max(size, other);
    });
    return fill(shape, (index) => of(a.data[offset(a, index)]!, b.data[offset(b, index)]!));
  });
}
