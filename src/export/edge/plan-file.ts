/** plan.json of an edge export; docs/edge.md describes it, and edge/runner.js reads it. */
import { crc32 } from '../../base/crc32.js';
import type { Preprocessing } from '../../image/prepare.js';
import type { EdgeCall, EdgeImage, EdgeProgram } from './program.js';
import type { EdgeWeightsEntry } from './weights-file.js';

/** In the place of a function: the words of the call are written to memory. */
const WRITE = -1;

/** What a plan says of the model beside its computation. */
export interface EdgeDescription {
  /** How an image is brought to what the network reads. */
  readonly preprocessing: Preprocessing;
  /** Above which probability a pixel is foreground; absent where there are several classes. */
  readonly threshold?: number | undefined;
  readonly classNames?: readonly string[] | undefined;
}

/**
 * Writes the plan as text of ASCII characters, a call or a weight on each line. The first line is the CRC-32 of the others.
 * @param files what lies beside it
 */
export function writePlan(
  program: EdgeProgram,
  weights: readonly EdgeWeightsEntry[],
  files: Readonly<Record<string, Uint8Array>>,
  { preprocessing, threshold, classNames }: EdgeDescription,
): string {
  const { normalisation, size, fit = 'stretch', spacing, plane, neighbours } = preprocessing;
  const fields = {
    format: '"unetpp-edge"',
    version: '1',
    input: json(program.input),
    output: json(outputOf(program.output)),
    preprocessing: json({ normalisation, ...(size !== undefined && { fit }), spacing, plane, neighbours }),
    ...(threshold !== undefined && { threshold: json(threshold) }),
    ...(classNames && { classNames: json(classNames) }),
    files: json(Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, described(bytes)]))),
    pages: json(program.pages),
    functions: json(program.functions.map(({ name }) => name)),
    weights: lines(
      weights.map((each) => ({ ...each, before: entriesOf(program.prepare.slice(0, each.before)).length })),
    ),
    prepare: lines(entriesOf(program.prepare)),
    run: lines(entriesOf(program.run)),
  };
  const text = Object.entries(fields).map(([name, value]) => `  "${name}": ${value}`);
  const rest = `${text.join(',\n')}\n}\n`;
  return `{ "crc32": ${crc32(new TextEncoder().encode(rest))},\n${rest}`;
}

function outputOf({ channels, ...place }: EdgeImage) {
  return { ...place, classes: channels };
}

function described(bytes: Uint8Array) {
  return { length: bytes.length, crc32: crc32(bytes) };
}

/** The entries of calls: the writes before each are entries of their own. */
function entriesOf(calls: readonly EdgeCall[]): number[][] {
  return calls.flatMap(({ function: number, args, frames }) => [
    ...frames.map(({ address, words }) => [WRITE, address, ...words]),
    [number, ...args],
  ]);
}

function lines(values: readonly unknown[]): string {
  return `[\n${values.map((value) => `    ${json(value)}`).join(',\n')}\n  ]`;
}

/** JSON without characters beyond ASCII, which a reader can then decode byte by byte. */
function json(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
