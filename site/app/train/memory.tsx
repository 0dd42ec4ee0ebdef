/** What the training will take of memory, beside what there is. */
import { duration, memorySize } from '../../../src/base/quantities.js';
import type { PlanView } from '../../engine/protocol.js';
import { Notice } from '../ui/index.js';

export function MemoryForecast({ plan: { memoryBytes, availableBytes, minutes } }: { readonly plan: PlanView }) {
  const memory = `${memorySize(memoryBytes)} of the ${memorySize(availableBytes)} of memory that are free`;
  return (
    <div class="memory">
      <p id="forecast">
        {minutes === null ? 'It takes at most ' : `It takes about ${duration(60 * minutes)}, and at most `}
        {memory}.
      </p>
      <meter
        min={0}
        max={availableBytes}
        high={0.9 * availableBytes}
        value={Math.min(memoryBytes, availableBytes)}
        aria-label={memory}
      />
      {memoryBytes > availableBytes && (
        <Notice>More than there is: choose fewer channels, fewer images of a step, or a smaller size.</Notice>
      )}
    </div>
  );
}
