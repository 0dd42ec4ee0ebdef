/** One node: what it computes, and what it makes of the open image, channel by channel. */
import { plural } from '../../../src/base/quantities.js';
import type { ModelView, NodeView } from '../../engine/protocol.js';
import { Picture } from '../ui/index.js';
import { explanation, formula, nodeName } from './node-words.js';
import type { Node } from './triangle.js';

export interface NodeDetailProps {
  readonly model: ModelView;
  readonly node: Node;
  /** What it computes for the open image, where there is one. */
  readonly view: NodeView | undefined;
}

export function NodeDetail({ model: { config }, node, view }: NodeDetailProps) {
  return (
    <section class="node-detail" aria-label={nodeName(node)} id="node">
      <p class="formula">{formula(config, node)}</p>
      <p>{explanation(config, node)}</p>
      {view && <Channels node={node} view={view} />}
    </section>
  );
}

function Channels({ node, view }: { readonly node: Node; readonly view: NodeView }) {
  const { width, height, channels, maps } = view;
  const shown = maps.length < channels ? `The strongest ${maps.length} of its` : 'Its';
  return (
    <>
      <p class="hint">
        {shown} {plural(channels, 'channel')}, {width}x{height} values each: black is the least of a channel, white the
        greatest.
      </p>
      <div class="channels">
        {maps.map((map, k) => (
          <Picture key={k} image={map} label={`${nodeName(node)}, channel ${k + 1} of ${maps.length} by strength`} />
        ))}
      </div>
    </>
  );
}
