/*
 * What translated kernels need of WebAssembly, by the vector extensions of GCC and Clang. The results have the same bits
 * on every processor, but for those of NaN; so nothing may be contracted (-ffp-contract=off) or computed "fast".
 */
#ifndef UNETPP_RUNTIME_H
#define UNETPP_RUNTIME_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if !defined(__GNUC__)
#error "the kernels use the vector extensions of GCC and Clang: compile with one of them"
#elif __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the weights are stored for little-endian processors"
#elif defined(__FAST_MATH__)
#error "-ffast-math changes the results: leave it out"
#elif __FLT_EVAL_METHOD__ != 0
#error "float is computed with more digits here: add -msse2 -mfpmath=sse"
#endif

/* Sixteen bytes, most often four numbers: +, -, * and / work lane by lane. */
typedef float v128 __attribute__((vector_size(16)));
typedef int32_t i32x4 __attribute__((vector_size(16)));
typedef uint32_t u32x4 __attribute__((vector_size(16)));
typedef uint8_t u8x16 __attribute__((vector_size(16)));
typedef double f64x2 __attribute__((vector_size(16)));

#define f32x4_make(a, b, c, d) ((v128){a, b, c, d})
#define f32x4_splat(a) f32x4_of(a)
#define i32x4_make(a, b, c, d) ((v128)(i32x4){a, b, c, d})

static inline v128 f32x4_of(float a) { return (v128){a, a, a, a}; }
static inline v128 i32x4_splat(int32_t a) { return (v128)(i32x4){a, a, a, a}; }

/* Memory; memcpy, as no address needs to be aligned. */
#define ACCESS(name, type)                                                                          \
  static inline type name##_load(const uint8_t *p) {                                                \
    type value;                                                                                     \
    memcpy(&value, p, sizeof value);                                                                \
    return value;                                                                                   \
  }                                                                                                 \
  static inline void name##_store(uint8_t *p, type value) { memcpy(p, &value, sizeof value); }
ACCESS(i32, int32_t)
ACCESS(f32, float)
ACCESS(f64, double)
ACCESS(v128, v128)
#undef ACCESS

static inline float f32_of_bits(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static inline v128 f32x4_replace_lane(v128 a, int lane, float value) {
  a[lane] = value;
  return a;
}

/* Shifts of negative numbers are not defined in C, those of unsigned ones are. */
static inline int32_t i32_shl(int32_t a, int32_t bits) { return (int32_t)((uint32_t)a << (bits & 31)); }
static inline int64_t i64_shl(int64_t a, int64_t bits) { return (int64_t)((uint64_t)a << (bits & 63)); }
static inline v128 i32x4_shl(v128 a, int32_t bits) { return (v128)((u32x4)a << (uint32_t)(bits & 31)); }
static inline v128 i32x4_add(v128 a, v128 b) { return (v128)((u32x4)a + (u32x4)b); }

static inline v128 v128_or(v128 a, v128 b) { return (v128)((i32x4)a | (i32x4)b); }
static inline v128 v128_andnot(v128 a, v128 b) { return (v128)((i32x4)a & ~(i32x4)b); }

/* The lanes of a where the mask is all ones, those of b where it is 0. */
static inline v128 choose(i32x4 mask, v128 a, v128 b) {
  return (v128)((mask & (i32x4)a) | (~mask & (i32x4)b));
}

/* As b < a ? b : a, and a < b ? b : a: the first operand where the two are equal, or one is NaN. */
static inline v128 f32x4_pmin(v128 a, v128 b) { return choose(b < a, b, a); }
static inline v128 f32x4_pmax(v128 a, v128 b) { return choose(a < b, b, a); }

#if defined(__clang__)
#define i8x16_shuffle(a, b, ...) ((v128)__builtin_shufflevector((u8x16)(a), (u8x16)(b), __VA_ARGS__))
#else
#define i8x16_shuffle(a, b, ...) ((v128)__builtin_shuffle((u8x16)(a), (u8x16)(b), (u8x16){__VA_ARGS__}))
#endif

static inline v128 f64x2_promote_low_f32x4(v128 a) { return (v128)(f64x2){a[0], a[1]}; }
static inline v128 f64x2_add(v128 a, v128 b) { return (v128)((f64x2)a + (f64x2)b); }

/* To the nearest integer, halves to the even one: from 2^23 on, a float has no places behind the point. */
static inline v128 f32x4_nearest(v128 a) {
  const v128 whole = f32x4_of(0x1p23f);
  const i32x4 sign = (i32x4)a & INT32_MIN;
  const v128 magnitude = (v128)((i32x4)a & INT32_MAX);
  const v128 rounded = (magnitude + whole) - whole;
  return choose(magnitude < whole, (v128)((i32x4)rounded | sign), a);
}

/* Towards 0; what no int32 holds becomes the nearest one, and NaN 0. Such lanes are not defined in C: they are put apart. */
static inline v128 i32x4_trunc_sat_f32x4_s(v128 a) {
  const i32x4 above = a >= f32x4_of(0x1p31f), below = a < f32x4_of(-0x1p31f);
  const i32x4 fits = (a == a) & ~above & ~below;
  const i32x4 whole = __builtin_convertvector((v128)((i32x4)a & fits), i32x4);
  return (v128)(whole | (above & INT32_MAX) | (below & INT32_MIN));
}

#endif
