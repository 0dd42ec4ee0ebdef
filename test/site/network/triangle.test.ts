/** The triangle: its nodes and arrows, where they lie, and how one moves among them. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { edgesOf, layout, neighbour, nodesOf, pathOf } from '../../../site/app/network/triangle.js';
import { defaultConfig, type ModelConfig } from '../../../src/network/config.js';

const config = (changes: Partial<ModelConfig> = {}): ModelConfig => ({
  ...defaultConfig,
  filters: [4, 8, 16],
  ...changes,
});

/** The arrows as `0,0>0,2 skip`. */
function arrows(of: ModelConfig): string[] {
  return edgesOf(of).map(({ from, to, kind }) => `${from}>${to} ${kind}`);
}

test('a network of depth 2 has six nodes, level by level', () => {
  assert.is(nodesOf(config()).join(' '), '0,0 0,1 0,2 1,0 1,1 2,0');
});

test('arrows are what the pattern of skips says', () => {
  const others = ['1,0>0,1 up', '1,1>0,2 up', '0,0>1,0 down', '2,0>1,1 up', '1,0>2,0 down'];
  const skips = {
    dense: ['0,0>0,1', '0,0>0,2', '0,1>0,2'],
    adjacent: ['0,0>0,1', '0,1>0,2'],
    original: ['0,0>0,1', '0,0>0,2'],
  };
  for (const [pattern, along] of Object.entries(skips)) {
    const expected = [...others, '1,0>1,1 skip', ...along.map((arrow) => `${arrow} skip`)];
    assert.equal(arrows(config({ skips: pattern as keyof typeof skips })).sort(), expected.sort(), pattern);
  }
});

test('a drawing keeps its nodes inside and apart at 280 and at 900 pixels, at every depth', () => {
  for (const filters of [
    [4, 8],
    [4, 8, 16, 32, 64],
    [1, 1, 1, 1, 1, 1, 1],
  ]) {
    for (const width of [280, 900]) {
      const of = config({ filters });
      const { at, side, height } = layout(of, width);
      const places = nodesOf(of).map(at);
      for (const [x, y] of places) {
        assert.ok(x - side / 2 >= 0 && x + side / 2 <= width && y + side / 2 <= height, `${filters} at ${width}`);
      }
      for (const [k, [x, y]] of places.entries()) {
        for (const [u, v] of places.slice(0, k)) {
          assert.ok(
            Math.abs(x - u) > side || Math.abs(y - v) > side,
            `${filters} at ${width}: ${x},${y} and ${u},${v}`,
          );
        }
      }
    }
  }
});

test('an arrow leads from border to border, a long skip above its level', () => {
  const drawing = layout(config(), 300);
  // Nodes 68 pixels wide in steps of 100: X(0,0) at 50,78.
  assert.is(pathOf({ from: [0, 0], to: [0, 1], kind: 'skip' }, drawing), 'M84.0,78.0 L113.0,78.0');
  assert.is(pathOf({ from: [0, 0], to: [1, 0], kind: 'down' }, drawing), 'M71.1,112.0 L78.9,139.0');
  assert.is(
    pathOf({ from: [0, 0], to: [0, 2], kind: 'skip' }, drawing),
    'M67.0,44.0 C101.0,22.0 199.0,22.0 233.0,41.0',
  );
});

test('arrow keys lead to the neighbours, and nowhere at the border', () => {
  const move = (node: readonly [number, number], key: string) => neighbour(config(), node, key)?.join() ?? null;
  assert.is(move([0, 1], 'ArrowLeft'), '0,0');
  assert.is(move([0, 1], 'ArrowRight'), '0,2');
  assert.is(move([0, 1], 'ArrowDown'), '1,1');
  assert.is(move([0, 2], 'ArrowDown'), '1,1');
  assert.is(move([1, 1], 'ArrowUp'), '0,1');
  assert.is(move([0, 1], 'Home'), '0,0');
  assert.is(move([0, 1], 'End'), '0,2');
  assert.is(move([0, 0], 'ArrowLeft'), null);
  assert.is(move([0, 2], 'ArrowRight'), null);
  assert.is(move([2, 0], 'ArrowDown'), null);
  assert.is(move([0, 1], 'a'), null);
  assert.is(move([0, 1], 'toString'), null);
});

test.run();
