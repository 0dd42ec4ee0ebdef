/** A backend that computes one op wrongly, as a GPU does whose driver compiles a shader wrongly. */
import type { Backend, Program, Storage } from '../../../src/backend/backend.js';
import type { Tensor } from '../../../src/graph/graph.js';

/** As `inner`, but what the op of this name gives is off by a hundredth in its last element, as far as it is an output. */
export function falsified(inner: Backend, op: string): Backend {
  const compile = (outputs: readonly Tensor[], bound?: ReadonlyMap<Tensor, Storage>): Program => {
    return falsifiedProgram(inner.compile(outputs, bound), op);
  };
  return withMethods<Backend>(inner, { compile });
}

function falsifiedProgram(inner: Program, op: string): Program {
  const read = async (output: Tensor) => {
    const values = await inner.read(output);
    if (output.node.op.name === op) values[values.length - 1]! += 0.01 * Math.max(...values.map(Math.abs));
    return values;
  };
  return withMethods(inner, { read });
}

/** The object with some methods replaced; the others are those of the object itself, private fields and all. */
export function withMethods<T extends object>(inner: T, methods: Partial<T>): T {
  return new Proxy(inner, {
    get(target, name) {
      const value = Reflect.get(Object.hasOwn(methods, name) ? methods : target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
