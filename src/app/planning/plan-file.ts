/** The file of a plan, which people read and change. */

import { readBytes } from '#platform/files/read.js';
import { InputError } from '../../base/errors.js';
import { count, form, object, optional, requireForm } from '../../base/form.js';
import { parseJson } from '../../base/json.js';
import { plural } from '../../base/quantities.js';
import { show } from '../../base/show.js';
import type { Dataset } from '../../data/dataset.js';
import type { DataFacts } from '../../plan/facts.js';
import { PLAN_MARK } from '../kinds.js';
import { plannedTable } from '../options/plan-options.js';
import { valueForm } from '../runs/run-config.js';
import type { Given } from './draft.js';

const VERSION = 1;
const ADVICE = 'correct the file, or write a new one with unetpp plan';

/** What the file of a plan holds, and `plan --json` prints. */
export interface PlanFile {
  readonly kind: typeof PLAN_MARK;
  readonly version: typeof VERSION;
  readonly data: DataFacts;
  /** The options by their names in config.json. */
  readonly options: Given;
  /** Why each of them was chosen. */
  readonly reasons: Readonly<Record<string, string>>;
  /** What a training by the plan takes on the machine that made it. */
  readonly forecast: {
    readonly memoryBytes: number;
    readonly secondsPerEpoch: number;
    readonly minutes: number;
  };
}

export function planFile(parts: Omit<PlanFile, 'kind' | 'version'>): PlanFile {
  return { kind: PLAN_MARK, version: VERSION, ...parts };
}

/** What a training takes from a plan. */
export interface ReadPlan extends Pick<PlanFile, 'options'> {
  readonly data: Pick<DataFacts, 'channels' | 'classes'>;
}

/**
 * Reads a plan, which somebody may have changed.
 * @throws InputError that names the file, what it holds and what is expected
 */
export async function readPlan(path: string): Promise<ReadPlan> {
  const content = parseJson(new TextDecoder().decode(await readBytes(path)), path);
  const specs = Object.entries(plannedTable).flatMap(([name, spec]) => (spec ? [[name, spec] as const] : []));
  const options = object(Object.fromEntries(specs.map(([name, spec]) => [name, optional(valueForm(spec))])));
  const data = object({ channels: count, classes: count });
  const same = (value: unknown) => form(show(value), (found) => found === value);
  requireForm(content, object({ kind: same(PLAN_MARK), version: same(VERSION), data, options }), path, ADVICE);
  const plan = content as ReadPlan;
  const known = specs.map(([name]) => name);
  const unknown = Object.keys(plan.options).find((name) => !known.includes(name));
  if (unknown === undefined) return plan;
  throw new InputError(`${path}: options.${unknown} is not known, expected one of ${known.join(', ')}; ${ADVICE}`);
}

/** @throws InputError where a plan was made for images of other channels, or for other classes */
export function requireSameData({ data }: ReadPlan, path: string, { source, channels, classes }: Dataset): void {
  if (data.channels === channels && data.classes === classes) return;
  const text = (of: ReadPlan['data']) =>
    `${plural(of.channels, 'channel')} and ${of.classes} ${of.classes === 1 ? 'class' : 'classes'}`;
  throw new InputError(
    `${path}: made for images of ${text(data)}, and ${source} has ${text({ channels, classes })}; write a new one with unetpp plan --data ${source}`,
  );
}
