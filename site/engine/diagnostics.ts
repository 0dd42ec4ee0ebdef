/** What a person copies into a report of a fault. */
import { availableMemory } from '#platform/host.js';
import { memorySize } from '../../src/base/quantities.js';
import type { Session } from './session.js';
import { storageView } from './storage.js';

/** A line for each fact, labels in one column. */
export async function diagnosticsText({ facts, surroundings }: Session): Promise<string> {
  const { usedBytes, quotaBytes, data, runs } = await storageView();
  const { navigator, crossOriginIsolated = false } = globalThis;
  const lines: readonly (readonly [string, string])[] = [
    ['unetpp', surroundings.version],
    ['browser', navigator?.userAgent ?? 'none'],
    ['cores', `${navigator?.hardwareConcurrency ?? 'unknown'}`],
    ['isolated', crossOriginIsolated ? 'yes' : 'no'],
    ['computing', facts?.computing ?? 'not started'],
    ['check', facts ? (facts.fault ?? 'agrees with the reference') : 'not started'],
    ...(facts?.remark ? [['remark', facts.remark] as const] : []),
    ['memory', `${memorySize(availableMemory())} free`],
    ['storage', `${memorySize(usedBytes)} of ${memorySize(quotaBytes)}, ${data.length} data sets, ${runs.length} runs`],
  ];
  return lines.map(([label, text]) => `${label.padEnd(10)}${text}`).join('\n');
}
