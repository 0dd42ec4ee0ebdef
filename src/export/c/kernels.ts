/** The kernels of a program as C: each function of their module as one of C. */
import { readModule, type ValueType, type WasmModule } from './module.js';
import { cTypes, functionName } from './names.js';
import { Statements } from './statements.js';

/** @param kernels the bytes of a module that imports nothing */
export function kernelsText(kernels: Uint8Array): string {
  const module = readModule(kernels);
  const indices = [...module.functions.keys()];
  const heads = indices.map((index) => `${headOf(module, index)};`);
  return [heads.join('\n'), ...indices.map((index) => functionText(module, index))].join('\n\n');
}

/** The head of a function, without a semicolon. */
function headOf(module: WasmModule, index: number): string {
  const { params, result } = module.functions[index]!;
  const list = ['uint8_t *m', ...params.map((type, k) => `${cTypes[type]} l${k}`)];
  return `static ${result ? cTypes[result] : 'void'} ${functionName(module, index)}(${list.join(', ')})`;
}

/** A function with its head. `m` is the memory, `l0`, `l1` are its parameters and locals. */
function functionText(module: WasmModule, index: number): string {
  const { params, locals } = module.functions[index]!;
  const body = new Statements(module, module.functions[index]!).lines;
  const names = [...params, ...locals].map((_, k) => `l${k}`);
  const declared = (Object.keys(cTypes) as ValueType[]).flatMap((type) => {
    const zero = type === 'v128' ? 'f32x4_splat(0.0f)' : '0';
    const own = locals.flatMap((each, k) => (each === type ? [`l${params.length + k} = ${zero}`] : []));
    return own.length > 0 ? [`${cTypes[type]} ${own.join(', ')};`] : [];
  });
  const code = body.join('\n');
  // Compilers warn of parameters and variables that nothing reads.
  const unread = ['m', ...names].filter((name) => !new RegExp(`\\b${name}\\b(?! = )`).test(code));
  const head = [...declared, ...unread.map((name) => `(void)${name};`)].map((line) => `  ${line}`);
  return [`${headOf(module, index)} {`, ...head, ...body, '}'].join('\n');
}
