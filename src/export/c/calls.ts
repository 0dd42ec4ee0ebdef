/** The calls of a program as statements of C: what is done again and again with numbers that grow evenly, as a loop. */
import { invariant } from '../../base/errors.js';
import type { EdgeCall, EdgeProgram } from '../edge/program.js';
import { doubleText, floatText, int32Text } from './literals.js';

/** The most calls that a loop repeats. */
const LONGEST = 3;
/** From how many rounds on a loop is shorter. */
const ROUNDS = 3;

export function callLines(calls: readonly EdgeCall[], program: EdgeProgram): string[] {
  const lines: string[] = [];
  for (let at = 0; at < calls.length; ) {
    const { period, rounds } = repetition(calls, at);
    const round = calls.slice(at, at + period);
    const next = calls.slice(at + period, at + 2 * period);
    lines.push(...frameLines(round[0]!));
    const body = round.map((call, k) => callLine(call, rounds > 1 ? next[k]! : call, program));
    lines.push(
      ...(rounds > 1 ? [`for (int k = 0; k < ${rounds}; k++) {`, ...body.map((line) => `  ${line}`), '}'] : body),
    );
    at += period * rounds;
  }
  return lines;
}

/** How many calls from here on are repeated, and how often. */
function repetition(calls: readonly EdgeCall[], at: number): { readonly period: number; readonly rounds: number } {
  for (let period = 1; period <= LONGEST; period++) {
    let rounds = 1;
    const follows = (k: number) =>
      continues(calls.slice(at, at + 2 * period), calls[at + rounds * period + k], k, rounds);
    while (Array.from({ length: period }, (_, k) => k).every(follows)) rounds++;
    if (rounds >= ROUNDS && calls.slice(at + 1, at + period).every(({ frames }) => frames.length === 0)) {
      return { period, rounds };
    }
  }
  return { period: 1, rounds: 1 };
}

/** Whether a call of a later round has the numbers of the first, with the difference of the second as often as there are rounds. */
function continues(two: readonly EdgeCall[], call: EdgeCall | undefined, k: number, rounds: number): boolean {
  const [first, second] = [two[k]!, two[two.length / 2 + k]];
  if (!call || !second || call.frames.length > 0 || call.function !== first.function) return false;
  if (second.function !== first.function) return false;
  return call.args.every((arg, a) => arg === first.args[a]! + rounds * (second.args[a]! - first.args[a]!));
}

function frameLines({ frames }: EdgeCall): string[] {
  return frames.map(
    ({ address, words }) => `FRAME(${address}, ${words.map((word) => int32Text(word | 0)).join(', ')});`,
  );
}

/** @param next the same call in the next round */
function callLine({ function: index, args }: EdgeCall, next: EdgeCall, { functions }: EdgeProgram): string {
  const { name, parameters } = functions[index]!;
  invariant(args.length === parameters.length, `${name} takes ${parameters.length} arguments, not ${args.length}`);
  const texts = args.map((value, k) => {
    if (parameters[k] !== 'i32') return parameters[k] === 'f32' ? floatText(value) : doubleText(value);
    const step = next.args[k]! - value;
    const from = int32Text(value | 0);
    if (step === 0) return from;
    return value === 0 ? `${step} * k` : `${from} + ${step} * k`;
  });
  return `kernel_${name}(${['m', ...texts].join(', ')});`;
}
