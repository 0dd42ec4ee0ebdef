/** The option that says where a command computes. */
import { backends } from '../../backend/names.js';
import type { OptionTable } from './option.js';
import { oneOf } from './parsers.js';

const choices = [...backends, 'auto'] as const;

/** A backend by its name, or 'auto': the GPU where there is one, else WebAssembly. */
export type BackendChoice = (typeof choices)[number];

export const backendOptions = {
  backend: {
    flag: '--backend <name>',
    parse: oneOf(choices),
    help: 'where to compute: wasm, on the processor; webgpu, on a GPU, by the optional package webgpu; auto, on a GPU if there is one; reference is slow and only for checking',
    default: { value: 'wasm' },
    affects: 'rounding',
  },
} as const satisfies OptionTable;
