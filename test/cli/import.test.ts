import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { loadModel } from '../../src/index.js';
import { golden, type NetworkGoldenConfig, networkGoldens, readGolden } from '../support/backend/golden.js';
import { disc, GOLDEN, json, listing, put, refused, suiteInFolder, unetppAlone } from '../support/cli/cli.js';

const test = suiteInFolder('cli import-torch');
const weights = (name: string) => join(GOLDEN, `${name}.safetensors`);
const args = (name: string, config: string) => [
  'import-torch',
  ...['--weights', weights(name), '--config', config, '--out', 'model.safetensors'],
];

/** What the golden file says, as a user would write it. */
function configOf({ filters, inChannels, classes, batchNorm, upsample, skips }: NetworkGoldenConfig): string {
  return JSON.stringify({ filters, inChannels, classes, norm: batchNorm ? 'batch' : 'none', upsample, skips });
}

for (const name of networkGoldens) {
  test(`${name}: PyTorch's logits, and predict at the image's own size`, async ({ dir }) => {
    const file = await readGolden<NetworkGoldenConfig>(name);
    const config = configOf(file.config);
    put(dir, 'config.json', config);
    const result = json(dir, args(name, name.length % 2 ? config : 'config.json'));
    assert.equal(Object.keys(result), ['parameters']);

    const model = await loadModel(join(dir, 'model.safetensors'));
    assert.is(json(dir, ['info', '--model', 'model.safetensors']).parameters, result.parameters);
    const input = golden(file, 'input');
    const [batch, channels, height, width] = input.shape as [number, number, number, number];
    const toNhwc = (data: ArrayLike<number>, c: number) =>
      Float32Array.from({ length: data.length }, (_, i) => {
        const [n, y, x] = [
          Math.floor(i / (height * width * c)),
          Math.floor(i / (width * c)) % height,
          Math.floor(i / c) % width,
        ];
        return data[((n * c + (i % c)) * height + y) * width + x]!;
      });
    const logits = await model.logits({ shape: [batch, height, width, channels], data: toNhwc(input.data, channels) });
    logits.forEach((found, k) => {
      const expected = toNhwc(golden(file, `eval_logits/${k + 1}`).data, model.config.classes);
      const scale = Math.max(...expected.map(Math.abs));
      const error = Math.max(...expected.map((value, i) => Math.abs(value - found[i]!)));
      assert.ok(error <= 1e-4 * scale, `L${k + 1}: ${error} of ${scale}`);
    });

    put(dir, 'scan.png', disc(29, 18));
    json(dir, ['predict', '--model', 'model.safetensors', '--input', 'scan.png', '--out', 'out']);
    assert.equal(listing(join(dir, 'out')), ['scan-overlay.png', 'scan.png']);
  });
}

test('people are told what it is', ({ dir }) => {
  const { code, stdout, stderr } = unetppAlone(dir, args('unetpp', '{"filters": [4, 8, 12, 16, 20]}'));
  assert.equal([code, stderr], [0, '']);
  assert.match(stdout, /^UNet\+\+ \(dense skips\), filters 4,8,12,16,20, 4 heads, .* parameters, written to model\./);
});

test('what does not fit is refused, and no file is written', ({ dir }) => {
  const all = 'weights and configuration must be of one network';
  const shape = `tensor "conv0_0.conv1.weight" has shape [4,1,3,3], expected [32,1,3,3]; ${all}`;
  refused(dir, args('unetpp', '{}'), `${weights('unetpp')}: ${shape}`);
  const channels = `tensor "conv0_0.conv1.weight" has shape [4,1,3,3], expected [4,3,3,3]; ${all}`;
  refused(dir, args('unetpp', '{"filters":[4,8,12,16,20],"inChannels":3}'), `${weights('unetpp')}: ${channels}`);
  refused(dir, args('unetpp', '{"filters": [4,'), '--config: not valid JSON at line 1, column 16');
  put(dir, 'config.json', '{\n  "filters": [4 8]\n}');
  refused(dir, args('unetpp', 'config.json'), 'config.json: not valid JSON at line 2, column 17');
  const missing = 'cannot be read: there is no such file; check the path (ENOENT)';
  refused(dir, args('unetpp', 'missing.json'), `missing.json: ${missing}`);
  refused(dir, args('missing', '{}'), `${weights('missing')}: ${missing}`);
  const config = `${weights('unetpp')}, config`;
  const skips = 'skips is "dens", expected one of dense, adjacent, original';
  refused(dir, args('unetpp', '{"skips": "dens"}'), `${config}: ${skips}`);
  const known = 'filters, inChannels, classes, skips, deepSupervision, norm, upsample, dropout';
  refused(dir, args('unetpp', '{"batchNorm": true}'), `${config}: unknown field "batchNorm"; known are ${known}`);
  const folder = ['import-torch', '--weights', weights('unetpp'), '--config', '{"filters": [4,8,12,16,20]}', '--out'];
  const gone = 'there is no folder no; create it, or correct the path';
  refused(dir, [...folder, 'no/model.safetensors'], `no/model.safetensors: cannot be written: ${gone}`);
});

test.run();
