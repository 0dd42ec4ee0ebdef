/** A program as C: model.c with the kernels and their calls, and model.h for those who use it. */
import type { Normalisation } from '../../image/normalise.js';
import { DEFAULT_THRESHOLD } from '../../infer/prediction.js';
import { type EdgeProgram, PAGE_BYTES } from '../edge/program.js';
import type { EdgeWeightsEntry } from '../edge/weights-file.js';
import { callLines } from './calls.js';
import { kernelsText } from './kernels.js';
import { doubleText } from './literals.js';
import { normalisationText } from './normalisation.js';

export interface SourceOptions {
  readonly program: EdgeProgram;
  /** Where the weights lie in model_weights.bin, and how. */
  readonly weights: readonly EdgeWeightsEntry[];
  readonly normalisation: Normalisation;
  /** The probability above which a pixel is foreground; absent where there are several classes. */
  readonly threshold?: number | undefined;
}

export function modelHeader({ program, threshold = DEFAULT_THRESHOLD }: SourceOptions): string {
  const { pages, input, output } = program;
  return `/* A segmentation network for images of one size. Nothing is allocated, and nothing is kept outside of its memory. */
#ifndef UNETPP_MODEL_H
#define UNETPP_MODEL_H

#define UNETPP_HEIGHT ${input.height}
#define UNETPP_WIDTH ${input.width}
/* Values of a pixel of the image, one after the other. */
#define UNETPP_CHANNELS ${input.channels}
/* 1 for the probability of the foreground, else the probabilities of each class. */
#define UNETPP_CLASSES ${output.channels}
/* Where there is one class: the probability above which a pixel is foreground. */
#define UNETPP_THRESHOLD ${doubleText(threshold)}
/* The memory that the network works in. */
#define UNETPP_MEMORY_BYTES ${pages * PAGE_BYTES}

/* Unpacks the weights into a memory of UNETPP_MEMORY_BYTES bytes, aligned for any type. Once, before images are computed. */
void unetpp_init(void *memory);

/*
 * Brings the values of an image [height][width][channels] to the range that the network reads, in place.
 * white: the largest value that its samples can have: 255 for 8 bits, 65535 for 16; 1 for an image of floats.
 */
void unetpp_normalise(float *image, double white);

/*
 * Computes the probabilities [height][width][classes] of an image [height][width][channels] that was normalised. They lie
 * in the memory, until it is used for the next image.
 */
const float *unetpp_run(void *memory, const float *image);

#endif
`;
}

export function modelSource(options: SourceOptions): string {
  const { program, normalisation } = options;
  const { kernels, input, output } = program;
  return `/* Made by unetpp export --format c: translated kernels, and their calls in the order of the network. */
#include "model.h"
#include "unetpp_runtime.h"

#define VALUES (UNETPP_HEIGHT * UNETPP_WIDTH * UNETPP_CHANNELS)

/* model_weights.c */
extern const uint8_t unetpp_weights[];

${kernelsText(kernels)}

/* Numbers that a kernel reads beside its arguments. */
#define FRAME(address, ...)                            \\
  do {                                                 \\
    static const int32_t words[] = {__VA_ARGS__};      \\
    memcpy(m + (address), words, sizeof words);        \\
  } while (0)
${unpackers(options)}
void unetpp_init(void *memory) {
  uint8_t *m = memory;
${initLines(options).map(indented).join('\n')}
}
${normalisationText(normalisation)}
const float *unetpp_run(void *memory, const float *image) {
  uint8_t *m = memory;
  memcpy(m + ${input.address}, image, VALUES * sizeof *image);
${callLines(program.run, program).map(indented).join('\n')}
  return (const float *)(const void *)(m + ${output.address});
}
`;
}

function initLines({ program, weights }: SourceOptions): string[] {
  return program.prepare.flatMap((call, k) => [
    ...weights.filter(({ before }) => before === k).map(unpackLine),
    ...callLines([call], program),
  ]);
}

function indented(line: string): string {
  return `  ${line}`;
}

function unpackLine({ name, type, address, elements, offset, channels, scales }: EdgeWeightsEntry): string {
  const steps = type === 'int8' ? [`unetpp_weights + ${scales}`, channels] : [];
  const args = [`m + ${address}`, `unetpp_weights + ${offset}`, elements, ...steps];
  return `unpack_${type}(${args.join(', ')}); /* ${name} */`;
}

/** The functions that unpack weights, of those types that there are. */
function unpackers({ weights }: SourceOptions): string {
  const used = new Set(weights.map(({ type }) => type));
  return [...used].map((type) => UNPACKERS[type]).join('');
}

const UNPACKERS = {
  f32: `
static void unpack_f32(uint8_t *to, const uint8_t *from, int elements) { memcpy(to, from, 4 * (size_t)elements); }
`,
  f16: `
/* 1 bit of sign, 5 of exponent, 10 of fraction. */
static float f32_of_f16(int bits) {
  const int exponent = bits >> 10 & 31, fraction = bits & 1023;
  const float size = exponent == 0 ? ldexpf(fraction, -24) : ldexpf(1024 + fraction, exponent - 25);
  return bits >> 15 ? -size : size;
}

static void unpack_f16(uint8_t *to, const uint8_t *from, int elements) {
  for (int k = 0; k < elements; k++) f32_store(to + 4 * k, f32_of_f16(from[2 * k] | from[2 * k + 1] << 8));
}
`,
  int8: `
/* Each value times the step of its output channel, which is the last axis. */
static void unpack_int8(uint8_t *to, const uint8_t *from, int elements, const uint8_t *steps, int channels) {
  for (int k = 0; k < elements; k++) f32_store(to + 4 * k, (int8_t)from[k] * f32_load(steps + 4 * (k % channels)));
}
`,
};
