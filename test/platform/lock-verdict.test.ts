/** Whether the owner of a lock lives, by what can be known of it. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseOwner } from '../../src/platform/node/lock/lock-owner.js';
import { type Evidence, judge, SILENCE } from '../../src/platform/node/lock/lock-verdict.js';
import { parseStart } from '../../src/platform/node/lock/processes.js';

const test = suite('lock verdict');

const HERE = { host: 'a', boot: 'b1', namespace: 'n1', pid: 7, start: '700' };
const OWNER = { ...HERE, pid: 5, start: '500', id: 'i', started: '2024-05-06T07:08:09.010Z', kernel: true };

/** Fails where it is asked for what is not given. */
function evidence(given: {
  start?: string | undefined;
  held?: boolean | undefined;
  olderThanBoot?: boolean;
}): Evidence {
  const give = <K extends keyof typeof given>(name: K) => {
    assert.ok(name in given, `${name} has no part in it`);
    return given[name];
  };
  return { start: () => give('start'), held: () => give('held'), olderThanBoot: () => give('olderThanBoot')! };
}

test('in the same process namespace, number and start decide', () => {
  const same = (start: string | undefined) => judge(OWNER, HERE, evidence({ start }));
  assert.is(same('500'), 'lives');
  assert.is(same('501'), 'gone', 'a younger process has the number');
  assert.is(same(undefined), 'gone');
  assert.is(judge({ ...OWNER, host: 'renamed' }, HERE, evidence({ start: '500' })), 'lives');
  assert.is(judge({ ...OWNER, host: 'renamed' }, HERE, evidence({ start: undefined })), 'gone');
});

test('where the start cannot be known, or in another namespace, the kernel decides, or else a short silence', () => {
  for (const [owner, start] of [
    [OWNER, { start: '' }],
    [{ ...OWNER, start: '' }, { start: '500' }],
    [{ ...OWNER, namespace: 'n2' }, {}],
    [{ ...OWNER, namespace: 'n2', host: 'renamed' }, {}],
  ] as const) {
    assert.is(judge(owner, HERE, evidence({ ...start, held: true })), 'lives');
    assert.is(judge(owner, HERE, evidence({ ...start, held: false })), 'gone');
    assert.is(judge(owner, HERE, evidence({ ...start, held: undefined })), SILENCE.sameKernel);
    assert.is(judge({ ...owner, kernel: false }, HERE, evidence(start)), SILENCE.sameKernel);
  }
});

test('a machine that was started anew has lost its processes; one of the same name may be another', () => {
  const before = { ...OWNER, boot: 'b0' };
  assert.is(judge(before, HERE, evidence({ olderThanBoot: true })), 'gone');
  assert.is(judge(before, HERE, evidence({ olderThanBoot: false })), SILENCE.elsewhere);
  assert.is(judge({ ...before, host: 'other' }, HERE, evidence({})), SILENCE.elsewhere);
});

test('without a boot id: a number that nobody has is gone, all else a matter of silence', () => {
  const plain = { ...OWNER, boot: '', start: '' };
  for (const [owner, here] of [
    [plain, HERE],
    [OWNER, { ...HERE, boot: '' }],
  ] as const) {
    assert.is(judge(owner, here, evidence({ start: undefined })), 'gone');
    assert.is(judge(owner, here, evidence({ start: '500' })), SILENCE.elsewhere);
    assert.is(judge({ ...owner, host: 'other' }, here, evidence({})), SILENCE.elsewhere);
    assert.is(judge({ ...owner, namespace: 'n2' }, here, evidence({})), SILENCE.elsewhere);
  }
});

test('a lock of version 0.1.0 is read; what is no lock has no owner, and is gone after a moment', () => {
  const { pid, host, namespace, started } = OWNER;
  const old = parseOwner(JSON.stringify({ pid, host, namespace, started }));
  assert.equal(old, { pid, host, namespace, started, boot: '', start: '', id: '', kernel: false });
  assert.equal(parseOwner(JSON.stringify(OWNER)), OWNER);
  for (const text of [
    '',
    '{"pid":5,',
    'null',
    '{}',
    JSON.stringify({ ...OWNER, pid: 0 }),
    JSON.stringify({ ...OWNER, boot: 1 }),
  ]) {
    assert.is(parseOwner(text), undefined, text);
    assert.is(judge(parseOwner(text), HERE, evidence({})), SILENCE.unwritten);
  }
});

test('the start of a process is read past any name; a zombie does not run', () => {
  const stat = (name: string, state: string) => {
    const fields = Array.from({ length: 18 }, (_, k) => k + 4);
    return `5 (${name}) ${state} ${fields.join(' ')} 115926 23`;
  };
  for (const name of ['node', 'a b', 'x) R (y']) assert.is(parseStart(stat(name, 'S')), '115926');
  for (const state of ['Z', 'X']) assert.is(parseStart(stat('node', state)), undefined);
  assert.is(parseStart(''), '');
});

test.run();
