import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LruCache } from '../../src/base/lru-cache.js';

test('what was asked for longest ago goes first, and is disposed of', () => {
  const made: string[] = [];
  const gone: string[] = [];
  const cache = new LruCache<string>(2, (value) => gone.push(value));
  const get = (key: string) => {
    return cache.get(key, () => {
      made.push(key);
      return key.toUpperCase();
    });
  };
  assert.equal(['a', 'b', 'a', 'c', 'a', 'b'].map(get), ['A', 'B', 'A', 'C', 'A', 'B']);
  assert.equal(made, ['a', 'b', 'c', 'b']);
  assert.equal(gone, ['B', 'C']);
  cache.clear();
  assert.equal(gone, ['B', 'C', 'A', 'B']);
  get('a');
  assert.equal(made, ['a', 'b', 'c', 'b', 'a']);
});

test.run();
