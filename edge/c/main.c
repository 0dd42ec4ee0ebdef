/*
 * Segments an image with the network of model.c:
 *
 *     ./segment IMAGE MASK.pgm [PROBABILITIES.f32]
 *
 * The image is a PGM (P5; 8 or 16 bits) or, for networks that read three channels, a PPM (P6), which is normalised as the
 * images of the training were; or it is a file of float32 values [height][width][channels] that are normalised already. It
 * has the size of the network. The mask is a PGM of 0 and 255 or, where there are several classes, of the number of each
 * pixel's class. The probabilities are float32, [height][width][classes].
 *
 * The exit code is 0, or 2 with a line on stderr.
 */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"

enum { PIXELS = UNETPP_HEIGHT * UNETPP_WIDTH, VALUES = PIXELS * UNETPP_CHANNELS };

static _Alignas(16) float memory[UNETPP_MEMORY_BYTES / sizeof(float)];
static float image[VALUES];
static uint8_t mask[PIXELS];

static void fail(const char *format, ...) {
  va_list list;
  va_start(list, format);
  fprintf(stderr, "segment: ");
  vfprintf(stderr, format, list);
  fprintf(stderr, "\n");
  va_end(list);
  exit(2);
}

/* The next number in the header of a PGM: spaces and comments come before it. Returns -1 where there is none. */
static int header_number(FILE *file) {
  int c = getc(file);
  while (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '#') {
    if (c == '#') while (c != '\n' && c != EOF) c = getc(file);
    else c = getc(file);
  }
  int number = -1;
  for (; c >= '0' && c <= '9'; c = getc(file)) {
    if (number > 99999) return -1;
    number = (number < 0 ? 0 : 10 * number) + (c - '0');
  }
  return number;
}

/* Reads the samples of a PGM or PPM behind its first two characters; grey is repeated where three channels are read. */
static void read_samples(FILE *file, const char *name, int channels) {
  const int width = header_number(file), height = header_number(file), largest = header_number(file);
  if (width < 1 || height < 1 || largest < 1 || largest > 65535) fail("%s: no header of a PGM; convert it again", name);
  if (width != UNETPP_WIDTH || height != UNETPP_HEIGHT) {
    fail("%s: an image of %dx%d, the network reads %dx%d; resize it first", name, width, height, UNETPP_WIDTH,
         UNETPP_HEIGHT);
  }
  const int bytes = largest > 255 ? 2 : 1, copies = UNETPP_CHANNELS / channels;
  for (int k = 0; k < PIXELS * channels; k++) {
    uint8_t sample[2];
    if (fread(sample, 1, (size_t)bytes, file) != (size_t)bytes) {
      fail("%s: cut off, %d of %d samples; copy it again", name, k, PIXELS * channels);
    }
    for (int c = 0; c < copies; c++) image[k * copies + c] = bytes == 2 ? sample[0] * 256 + sample[1] : sample[0];
  }
  unetpp_normalise(image, bytes == 2 ? 65535 : 255);
}

static void read_floats(FILE *file, const char *name) {
  const size_t count = fread(image, sizeof *image, VALUES, file);
  if (count != VALUES || getc(file) != EOF) {
    fail("%s: neither a PGM nor %dx%dx%d float32 values (%zu bytes)", name, UNETPP_HEIGHT, UNETPP_WIDTH, UNETPP_CHANNELS,
         sizeof image);
  }
}

static void read_image(const char *name) {
  FILE *file = fopen(name, "rb");
  if (!file) fail("%s: cannot be read; check its name", name);
  char magic[2] = "";
  const size_t length = fread(magic, 1, sizeof magic, file);
  const int channels = length < 2 || magic[0] != 'P' ? 0 : magic[1] == '5' ? 1 : magic[1] == '6' ? 3 : 0;
  if (channels == 0) {
    rewind(file);
    read_floats(file, name);
  } else {
    if (UNETPP_CHANNELS != channels && (channels != 1 || UNETPP_CHANNELS != 3)) {
      fail("%s: an image of %d channels, the network reads %d; give float32 values", name, channels, UNETPP_CHANNELS);
    }
    read_samples(file, name, channels);
  }
  fclose(file);
}

/* Foreground above the threshold; of several classes the most probable, the first among equals. */
static void make_mask(const float *probabilities) {
  for (int k = 0; k < PIXELS; k++) {
    const float *pixel = probabilities + k * UNETPP_CLASSES;
    int best = 0;
    for (int c = 1; c < UNETPP_CLASSES; c++) if (pixel[c] > pixel[best]) best = c;
    mask[k] = (uint8_t)(UNETPP_CLASSES > 1 ? best : pixel[0] > UNETPP_THRESHOLD ? 255 : 0);
  }
}

static void write_file(const char *name, const char *header, const void *bytes, size_t length) {
  FILE *file = fopen(name, "wb");
  if (!file) fail("%s: cannot be written; check its folder", name);
  const int is_whole = fputs(header, file) >= 0 && fwrite(bytes, 1, length, file) == length;
  if (fclose(file) != 0 || !is_whole) fail("%s: could not be written to its end; is the disk full?", name);
}

int main(int count, char **arguments) {
  if (count != 3 && count != 4) fail("called as: %s IMAGE MASK.pgm [PROBABILITIES.f32]", arguments[0]);
  read_image(arguments[1]);
  unetpp_init(memory);
  const float *probabilities = unetpp_run(memory, image);
  make_mask(probabilities);
  char header[64];
  snprintf(header, sizeof header, "P5\n%d %d\n255\n", UNETPP_WIDTH, UNETPP_HEIGHT);
  write_file(arguments[2], header, mask, sizeof mask);
  if (count == 4) write_file(arguments[3], "", probabilities, sizeof(float) * PIXELS * UNETPP_CLASSES);
  return 0;
}
