/** Validation images as the network segments them now, beside what is right. */
import { useMemo } from 'preact/hooks';
import { comparison } from '../../../src/report/comparison.js';
import type { ExampleView } from '../../engine/protocol.js';
import { ComparisonLegend, Picture } from '../ui/index.js';
import { score } from '../words.js';

export function Examples({ examples }: { readonly examples: readonly ExampleView[] }) {
  if (examples.length === 0) return null;
  return (
    <div class="examples">
      <h3>Validation images, as it segments them now</h3>
      <ul class="example-list">
        {examples.map((example) => (
          <Example key={example.name} example={example} />
        ))}
      </ul>
      <ComparisonLegend />
    </div>
  );
}

function Example({ example: { name, image, target, mask, dice } }: { readonly example: ExampleView }) {
  const judged = useMemo(() => comparison(image, target, mask, scaleOf(image)), [image, target, mask]);
  return (
    <li>
      <figure class="figure example">
        <div class="pair">
          <Picture image={image} label={name} />
          <Picture image={judged} label={`${name} with its true mask and the predicted one, Dice ${score(dice)}`} />
        </div>
        <figcaption>
          <span>{name}</span>
          <span class="figures">Dice {score(dice)}</span>
        </figcaption>
      </figure>
    </li>
  );
}

/** How many times a small image is enlarged, so that its outlines are thin. */
function scaleOf({ width }: { readonly width: number }): number {
  return Math.max(1, Math.ceil(320 / width));
}
