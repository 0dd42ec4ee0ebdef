/** The normalisation that a model stores as a function in C: the same bits as src/image/normalise.ts. */
import type { Normalisation } from '../../image/normalise.js';
import { doubleText } from './literals.js';

/** The function, for model.c, with what it needs. */
export function normalisationText(normalisation: Normalisation): string {
  const [, centre, width] = /^window:(.*),(.*)$/.exec(normalisation) ?? [];
  if (centre !== undefined) {
    const [from, over] = [doubleText(Number(centre)), doubleText(Number(width))];
    return mapping('', `clipped((image[k] - (${from})) / ${over} + 0.5)`, CLIPPED);
  }
  return TEXTS[normalisation as keyof typeof TEXTS];
}

const CLIPPED = `
static double clipped(double value) { return fmin(1, fmax(0, value)); }
`;

/** The place of a value in the order of size, found by halving: no copy of the image is sorted. */
const RANKED = `
/* Integers in the same order as the floats whose bits they are made of. */
static uint32_t key_of(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits >> 31 ? ~bits : bits | 0x80000000u;
}

/* The value at a place in the order of size. */
static float ranked(const float *image, int place) {
  uint32_t low = 0, high = UINT32_MAX;
  while (low < high) {
    const uint32_t middle = low + (high - low) / 2;
    int count = 0;
    for (int k = 0; k < VALUES; k++) count += key_of(image[k]) <= middle;
    if (count > place) high = middle;
    else low = middle + 1;
  }
  return f32_of_bits(low >> 31 ? low & 0x7fffffff : ~low);
}

static double percentile(const float *image, double share) {
  const double at = share * (VALUES - 1);
  const int below = (int)at, above = below + 1 < VALUES ? below + 1 : below;
  const double low = ranked(image, below), high = ranked(image, above);
  return low + (high - low) * (at - below);
}
`;

function mapping(before: string, value: string, helpers = ''): string {
  return `${helpers}
void unetpp_normalise(float *image, double white) {
  (void)white;${before}
  for (int k = 0; k < VALUES; k++) image[k] = (float)(${value});
}
`;
}

const TEXTS = {
  range: `
void unetpp_normalise(float *image, double white) {
  for (int k = 0; k < VALUES; k++) image[k] = (float)(image[k] / white);
}
`,
  percentile: mapping(
    `
  const double low = percentile(image, 0.01), width = percentile(image, 0.99) - low;`,
    'width > 0 ? clipped((image[k] - low) / width) : 0',
    CLIPPED + RANKED,
  ),
  zscore: mapping(
    `
  double sum = 0, squares = 0;
  for (int k = 0; k < VALUES; k++) sum += image[k];
  const double mean = sum / VALUES;
  for (int k = 0; k < VALUES; k++) squares += (image[k] - mean) * (image[k] - mean);
  const double deviation = sqrt(squares / VALUES);`,
    'deviation > 0 ? (image[k] - mean) / deviation : 0',
  ),
};
