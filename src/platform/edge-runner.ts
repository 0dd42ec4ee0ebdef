/** The runner that travels with a network exported for the edge. */

/** What edge/runner.js defines. */
export interface EdgeRunner {
  readonly Network: new (files: EdgeFiles) => EdgeNetwork;
}

/** The bytes of the files of an export. */
export interface EdgeFiles {
  readonly plan: Uint8Array;
  readonly kernels: Uint8Array | WebAssembly.Module;
  readonly weights: Uint8Array;
}

export interface EdgeNetwork {
  run(image: Float32Array): Float32Array;
  test(input: Uint8Array, expected: Uint8Array): Float32Array;
}
