/** MLflow by a server that follows a script: what it is told, and that no server, however it behaves, stops a training. */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as assert from 'uvu/assert';
import { serverOf } from '../../../src/app/watch/mlflow/client.js';
import { type Limits, type Metric, Sender } from '../../../src/app/watch/mlflow/sender.js';
import { openMlflow } from '../../../src/app/watch/mlflow/watcher.js';
import type { WatchedRun, Watcher } from '../../../src/app/watch/watcher.js';
import { suiteInFolder } from '../../support/cli/cli.js';
import { trainWatched } from '../../support/training/watched-run.js';

const test = suiteInFolder('mlflow');
/** A server that hangs is waited for until the end; all others have time to answer on a slow machine. */
const QUICK: Limits = { request: 60_000, pause: 5, longestPause: 20, end: 1500, queue: 1000 };
/** For a server that comes back, however slow the machine is. */
const PATIENT: Limits = { ...QUICK, end: 60_000 };

/** A tracking server as far as a training asks it. */
class Tracking {
  readonly requests: { readonly line: string; readonly authorization: string | undefined }[] = [];
  readonly metrics: Metric[] = [];
  readonly params = new Map<string, string>();
  readonly files = new Map<string, number>();
  readonly runs: { name: string; status: string }[] = [];
  /** Answers in the place of the server, where it returns true. */
  fault: (line: string, response: ServerResponse) => boolean = () => false;
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  async listen(): Promise<string> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const body = Buffer.concat(parts);
    const line = `${request.method} ${request.url!.replace('/api/2.0/', '')}`;
    this.requests.push({ line, authorization: request.headers.authorization });
    if (this.fault(line, response)) return;
    const [status, answer] = this.#told(line, body);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  }

  #told(line: string, body: Buffer): readonly [number, object] {
    const file = /^PUT mlflow-artifacts\/artifacts\/(.*)$/.exec(line)?.[1];
    if (file !== undefined) {
      this.files.set(file, body.length);
      return [200, {}];
    }
    if (line.startsWith('GET mlflow/experiments/get-by-name')) {
      return [404, { error_code: 'RESOURCE_DOES_NOT_EXIST', message: 'none' }];
    }
    const value = JSON.parse(body.toString());
    if (line === 'POST mlflow/experiments/create') return [200, { experiment_id: '7' }];
    if (line === 'POST mlflow/runs/create') {
      this.runs.push({ name: value.run_name, status: 'RUNNING' });
      const id = `r${this.runs.length}`;
      return [200, { run: { info: { run_id: id, artifact_uri: `mlflow-artifacts:/7/${id}/artifacts` } } }];
    }
    if (line === 'POST mlflow/runs/update') {
      this.runs[Number(value.run_id.slice(1)) - 1]!.status = value.status;
      return [200, {}];
    }
    for (const { key, value: text } of value.params ?? []) {
      if (this.params.has(key)) return [400, { error_code: 'INVALID_PARAMETER_VALUE', message: `${key} again` }];
      this.params.set(key, text);
    }
    this.metrics.push(...(value.metrics ?? []));
    return [200, {}];
  }
}

const timesOf = (metrics: readonly Metric[], wanted: string) =>
  metrics.filter(({ key }) => key === wanted).map(({ step }) => step);

async function withServer(work: (server: Tracking, uri: string) => Promise<void>): Promise<void> {
  const server = new Tracking();
  try {
    await work(server, await server.listen());
  } finally {
    server.close();
  }
}

test('parameters, values and files arrive, and a resumed run goes on with the same run of the server', async ({
  dir,
}) => {
  await withServer(async (server, uri) => {
    const env = { MLFLOW_TRACKING_URI: `${uri}/`, MLFLOW_TRACKING_TOKEN: 'secret', MLFLOW_RUN_NAME: 'first' };
    const before = await trainWatched(dir, { log: ['mlflow'], env, failAtStep: 4 });
    assert.equal(server.runs, [{ name: 'first', status: 'FAILED' }]);
    const { said, epochs, result } = await trainWatched(dir, { log: ['mlflow'], env, resume: true });
    assert.equal([before.said, said], [[], []]);
    assert.equal(server.runs, [{ name: 'first', status: 'FINISHED' }]);
    assert.equal(timesOf(server.metrics, 'step/loss'), [1, 2, 3, 4, 5, 6]);
    assert.equal(timesOf(server.metrics, 'dice/validation'), [1, 2, 3]);
    assert.is(
      server.metrics.find(({ key, step }) => key === 'loss/validation' && step === 3)!.value,
      epochs.at(-1)!.validation.loss,
    );
    assert.equal([server.params.get('filters'), server.params.get('lr')], ['2,2,4', '0.002']);
    const model = readFileSync(result!.model!).length;
    assert.is(server.files.get('7/r1/artifacts/model.safetensors'), model);
    assert.ok(server.files.has('7/r1/artifacts/predictions.png'));
    assert.ok(server.requests.every(({ authorization }) => authorization === 'Bearer secret'));
  });
});

/** Trains with a server that behaves as `fault` says, within time limits of a test. */
async function trainAgainst(dir: string, out: string, uri: string, limits: Limits) {
  const said: string[] = [];
  const limited = async (job: Parameters<typeof openMlflow>[0]) =>
    openMlflow({ ...job, say: (line) => said.push(line.replace(uri, 'URI')) }, limits);
  const { result } = await trainWatched(dir, {
    log: ['mlflow'],
    out,
    env: { MLFLOW_TRACKING_URI: uri },
    openers: { mlflow: limited },
  });
  return { said, weights: result!.weightsSha256 };
}

test('whatever the server does, the weights are the same, and the end comes', async ({ dir }) => {
  const expected = (await trainWatched(dir, { log: [], out: 'alone' })).result!.weightsSha256;
  const status = (code: number, text: string) => (_: string, response: ServerResponse) => {
    response.writeHead(code).end(text);
    return true;
  };
  const faults: Record<string, [fault: Tracking['fault'], first: RegExp]> = {
    'answers 500': [
      status(500, '{"message":"down"}'),
      /^--log mlflow: URI: status 500: down; the training goes on, and it is tried again$/,
    ],
    'answers nonsense': [
      status(200, '<html>'),
      /^--log mlflow: URI: the answer is no JSON, as that of a tracking server is; /,
    ],
    'refuses the key': [
      status(401, '{"message":"who are you"}'),
      /^--log mlflow: URI: status 401: who are you; the training goes on$/,
    ],
    hangs: [() => true, /^--log mlflow: not delivered|^--log mlflow: URI: n/],
    'dies in the middle': [
      (line, response) => line.includes('log-batch') && Boolean(response.destroy()),
      /^--log mlflow: URI: \w+.*; the training goes on, and it is tried again$/,
    ],
  };
  // All of them follow one training, so that it is trained once.
  const servers = await Promise.all(
    Object.entries(faults).map(async ([name, [fault, first]]) => {
      const server = new Tracking();
      server.fault = fault;
      return { name, first, server, uri: await server.listen(), said: [] as string[] };
    }),
  );
  const openAll = async (run: WatchedRun): Promise<Watcher> => {
    const watchers = servers.map(({ uri, said }) => {
      const say = (line: string) => said.push(line.replace(uri, 'URI'));
      return openMlflow({ ...run, env: { MLFLOW_TRACKING_URI: uri }, say }, QUICK);
    });
    return fannedOut(await Promise.all(watchers));
  };
  const training = trainWatched(dir, { log: ['mlflow'], out: 'watched', openers: { mlflow: openAll } });
  const { result, said: others } = await training.finally(() => {
    for (const { server } of servers) server.close();
  });
  for (const { said, name, first } of servers) {
    assert.ok(first.test(said[0]!), `${name}: ${said.join('\n')}`);
    assert.match(said.at(-1)!, /^--log mlflow: URI: not delivered: /, name);
    assert.ok(said.length <= 2, said.join('\n'));
  }
  assert.is(result!.weightsSha256, expected);
  assert.equal(others, []);
});

/** One watcher of several, which finish at the same time. */
function fannedOut(watchers: readonly Watcher[]): Watcher {
  const all = async (call: (watcher: Watcher) => void | Promise<void>) => void (await Promise.all(watchers.map(call)));
  return {
    begin: (start) => all((watcher) => watcher.begin(start)),
    step: (report) => all((watcher) => watcher.step(report)),
    epoch: (report) => all((watcher) => watcher.epoch(report)),
    finish: (ending) => all((watcher) => watcher.finish?.(ending)),
    close: () => all((watcher) => watcher.close?.()),
  };
}

test('a server that is away from the beginning is told of twice; one that comes back gets everything', async ({
  dir,
}) => {
  await withServer(async (server, uri) => {
    let failures = 3;
    server.fault = (_, response) => failures-- > 0 && Boolean(response.destroy());
    const { said } = await trainAgainst(dir, 'back', uri, PATIENT);
    assert.is(said.length, 1, said.join('\n'));
    assert.equal(timesOf(server.metrics, 'step/loss'), [1, 2, 3, 4, 5, 6]);
    server.close();
    const away = await trainAgainst(dir, 'away', uri, QUICK);
    assert.is(away.said[0], '--log mlflow: URI: ECONNREFUSED; the training goes on, and it is tried again');
    assert.match(away.said[1]!, /^--log mlflow: URI: not delivered: \d+ values \(ECONNREFUSED\)$/);
  });
});

test('the queue is bounded, and what is dropped is told', async () => {
  const sender = new Sender(
    { ...QUICK, end: 20 },
    () => new Promise(() => {}),
    async () => {},
    () => {},
  );
  const metric = { key: 'a', value: 1, timestamp: 0, step: 1 };
  sender.add(Array.from({ length: 1500 }, () => metric));
  assert.equal([sender.waiting, sender.lost], [1000, 500]);
  sender.close();
});

test('an address that is missing or wrong is one line, and the training goes on', async ({ dir }) => {
  const { said, result } = await trainWatched(dir, { log: ['mlflow'], epochs: 1 });
  assert.is(result!.epochs, 1);
  assert.equal(said, [
    '--log mlflow: MLFLOW_TRACKING_URI is not set; give the address of the tracking server, like http://127.0.0.1:5000; the training goes on without it',
  ]);
  assert.throws(() => serverOf({ MLFLOW_TRACKING_URI: 'file:///x' }), 'MLFLOW_TRACKING_URI is "file:///x"; expected');
  const { uri, headers } = serverOf({ MLFLOW_TRACKING_URI: 'https://u:p@host/base/' });
  assert.equal([uri, headers], ['https://host/base', { authorization: `Basic ${btoa('u:p')}` }]);
});

test.run();
