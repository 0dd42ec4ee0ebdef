/**
 * What the frames have in common: structs of 32-bit words that the host writes before a call, at the start of the
 * workspace (src/backend/wasm/kernels/frame.ts). Tensors follow the struct `T` as pairs of address and channels.
 */

/** The address of tensor `k`. */
export function tensorAddress<T>(frame: T, k: i32): usize {
  return load<u32>(changetype<usize>(frame) + offsetof<T>() + ((<usize>k) << 3));
}

/** The channels of tensor `k`. */
export function tensorChannels<T>(frame: T, k: i32): i32 {
  return load<i32>(changetype<usize>(frame) + offsetof<T>() + ((<usize>k) << 3), 4);
}
