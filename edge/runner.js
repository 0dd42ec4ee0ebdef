/**
 * Runs a network that `unetpp export --format edge` has written, without the library: wherever there is WebAssembly with
 * SIMD. It is a plain script that defines `unetppEdge`, so that <script>, import, load() and importScripts() take it.
 *
 *     const network = new unetppEdge.Network({ plan, kernels, weights });
 *     const probabilities = network.run(image);
 *
 * `plan`, `kernels` and `weights` are the bytes of plan.json, kernels.wasm and weights.bin (Uint8Array). An image is a
 * Float32Array [height,width,channels], normalised as the plan says; the result is a new one, [height,width,classes].
 * docs/edge.md of unetpp explains the plan, field by field.
 */
(() => {
  const FORMAT = 'unetpp-edge';
  const VERSION = 1;
  const AGAIN = 'copy the whole folder of the export again';
  const LINE_FEED = 10;
  /** In the place of a function: the words of the call are written to memory. */
  const WRITE = -1;

  class Network {
    #functions;
    #memory;

    /**
     * Unpacks the weights and packs the filters.
     * @param files bytes; `kernels` may be a WebAssembly.Module, as pages should compile without blocking
     * @throws Error that begins with the name of the file that is damaged, cut short or of another export
     */
    constructor({ plan, kernels, weights }) {
      this.plan = readPlan(plan);
      const compiled = kernels instanceof WebAssembly.Module;
      if (!compiled) checkFile(this.plan, 'kernels.wasm', kernels);
      checkFile(this.plan, 'weights.bin', weights);
      const { exports } = new WebAssembly.Instance(compiled ? kernels : new WebAssembly.Module(kernels));
      this.#memory = exports.memory;
      this.#functions = this.plan.functions.map((name) => exports[name]);
      const missing = this.#functions.indexOf(undefined);
      if (missing >= 0) throw damaged('kernels.wasm', 'no such function', this.plan.functions[missing]);
      const pending = [...this.plan.weights];
      this.plan.prepare.forEach((call, k) => {
        // Filters that are only packed share one place: each is unpacked just before it is packed.
        while (pending.length > 0 && pending[0].before <= k) this.#unpack(pending.shift(), weights);
        this.#call(call);
      });
    }

    /** The probabilities of an image. */
    run(image) {
      const { input, output, run } = this.plan;
      const length = input.height * input.width * input.channels;
      if (image.length !== length) {
        const size = `${input.height}x${input.width}x${input.channels}`;
        throw new Error(`image: ${image.length} numbers; the network reads ${size}, ${length}`);
      }
      this.#floats(input.address, length).set(image);
      for (const call of run) this.#call(call);
      return this.#floats(output.address, output.height * output.width * output.classes).slice();
    }

    /**
     * Runs the test image, which shows that files, machine and engine are in order.
     * @param input and expected: the bytes of input.bin and expected.bin
     * @returns the probabilities
     * @throws Error where they are not the expected ones, bit for bit
     */
    test(input, expected) {
      checkFile(this.plan, 'input.bin', input);
      checkFile(this.plan, 'expected.bin', expected);
      const probabilities = this.run(new Float32Array(new Uint8Array(input).buffer));
      const found = new Uint8Array(probabilities.buffer);
      const at = found.findIndex((byte, k) => byte !== expected[k]);
      if (at < 0) return probabilities;
      const pixel = Math.floor(at / 4);
      throw new Error(`test: number ${pixel} is ${probabilities[pixel]}, not that of expected.bin`);
    }

    #floats(address, length) {
      return new Float32Array(this.#memory.buffer, address, length);
    }

    #call([number, ...words]) {
      if (number !== WRITE) this.#functions[number](...words);
      else new Uint32Array(this.#memory.buffer, words[0], words.length - 1).set(words.slice(1));
    }

    #unpack({ type, address, elements, offset, channels, scales }, { buffer, byteOffset }) {
      const to = this.#floats(address, elements);
      // Numbers lie at multiples of their size in the file, but perhaps not in the buffer that it was read into.
      const part = (at, bytes) => buffer.slice(byteOffset + at, byteOffset + at + bytes);
      if (type === 'f32') to.set(new Float32Array(part(offset, 4 * elements)));
      else if (type === 'f16') to.set(Float32Array.from(new Uint16Array(part(offset, 2 * elements)), float16));
      else {
        const steps = new Float32Array(part(scales, 4 * channels));
        const integers = new Int8Array(part(offset, elements));
        to.set(Float32Array.from(integers, (value, k) => value * steps[k % channels]));
      }
    }
  }

  /** The value of a number of 16 bits: 1 of sign, 5 of exponent, 10 of fraction. */
  function float16(bits) {
    const exponent = (bits >> 10) & 31;
    const fraction = bits & 1023;
    const size = exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25);
    return bits >> 15 ? -size : size;
  }

  function readPlan(bytes) {
    let plan;
    try {
      // The file is ASCII, as not every engine can decode UTF-8.
      let text = '';
      for (let at = 0; at < bytes.length; at += 4096) text += String.fromCharCode(...bytes.subarray(at, at + 4096));
      plan = JSON.parse(text);
    } catch (error) {
      throw new Error(`plan.json: no JSON (${error.message}); ${AGAIN}`);
    }
    if (plan?.format !== FORMAT || plan.version !== VERSION) {
      throw new Error(`plan.json: not a plan of ${FORMAT} ${VERSION}; this runner reads no other`);
    }
    const sum = crc32(bytes.subarray(bytes.indexOf(LINE_FEED) + 1));
    if (sum !== plan.crc32) throw new Error(`plan.json: damaged, its CRC-32 is ${sum}, not ${plan.crc32}; ${AGAIN}`);
    return plan;
  }

  /** Compares a file with what the plan says of it. */
  function checkFile({ files }, name, bytes) {
    const { length, crc32: sum } = files[name];
    if (bytes.length !== length) throw damaged(name, `${bytes.length} bytes`, `${length}`);
    if (crc32(bytes) !== sum) throw damaged(name, `CRC-32 ${crc32(bytes)}`, `${sum}`);
  }

  function damaged(name, found, expected) {
    return new Error(`${name}: ${found}, and the plan says ${expected}; ${AGAIN}`);
  }

  /** The checksum of PNG and zip, an unsigned number. */
  function crc32(bytes) {
    let sum = -1;
    for (const byte of bytes) {
      sum ^= byte;
      for (let k = 0; k < 8; k++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
    }
    return ~sum >>> 0;
  }

  globalThis.unetppEdge = { Network };
})();
