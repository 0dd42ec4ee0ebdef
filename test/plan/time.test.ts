/** How many epochs fit into the time that is given. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { epochsWithin, requireAnEpoch, secondsPerEpoch, trainingSeconds } from '../../src/plan/time.js';
import { throwsInput } from '../support/throws.js';

const speed = { once: 20, training: 8, validation: 2 };

test('a tenth of the time is kept back, and what is needed beside the epochs is taken off', () => {
  assert.is(secondsPerEpoch(speed), 10);
  assert.is(trainingSeconds(speed, 25), 270);
  assert.equal([epochsWithin(300, speed), epochsWithin(299, speed)], [25, 24]);
  assert.equal([epochsWithin(34, speed), epochsWithin(33, speed), epochsWithin(-5, speed)], [1, 0, 0]);
});

test('too little time is refused, with the minutes that are needed', () => {
  requireAnEpoch(5, speed, 1);
  throwsInput(
    () => requireAnEpoch(0.5, speed, 0),
    '--minutes 0.5: an epoch takes 0:10 on this machine, and 0:20 are needed beside it; give at least 0.6 minutes, or a smaller network',
  );
  assert.is(epochsWithin(0.6 * 60, speed), 1, 'what the error asks for is enough');
});

test.run();
