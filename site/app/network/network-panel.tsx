/** The network as the paper draws it: what each head needs of it, and what each node makes of an image. */
import { useState } from 'preact/hooks';
import type { Output } from '../../../src/network/mode.js';
import type { ModelView, NodeView } from '../../engine/protocol.js';
import { Details, Segmented } from '../ui/index.js';
import { outputName } from '../words.js';
import { NodeDetail } from './node-detail.js';
import { pruningText } from './node-words.js';
import { Reading } from './reading.js';
import type { Node } from './triangle.js';
import { Triangle } from './triangle-view.js';

export interface NetworkPanelProps {
  readonly model: ModelView;
  /** What the nodes compute for the open image; null where none is open, or while it is computed. */
  readonly features: readonly NodeView[] | null;
  /** The output whose nodes are lit. */
  readonly output: Output;
  readonly onOutput: (output: Output) => void;
}

export function NetworkPanel({ model, features, output, onOutput }: NetworkPanelProps) {
  const [chosen, choose] = useState<Node | null>(null);
  const needed = model.outputs.find(({ mode }) => mode === output)?.nodes ?? [];
  const view = features?.find(({ i, j }) => chosen && i === chosen[0] && j === chosen[1]);
  return (
    <div class="network">
      <Segmented
        id="network-output"
        label="Light the nodes that it needs"
        value={output}
        choices={model.outputs.map(({ mode }) => ({ value: mode, label: outputName(mode) }))}
        onChange={onOutput}
      />
      <p class="network-pruning" id="pruning" role="status">
        {pruningText(model, output)}
      </p>
      <Triangle model={model} features={features} needed={needed} chosen={chosen} onChoose={choose} />
      {chosen ? (
        <NodeDetail model={model} node={chosen} view={view} />
      ) : (
        <p class="hint">
          Choose a node to see what it computes{features ? '' : '; open an image to see what it makes of it'}.
        </p>
      )}
      <Details summary="Why it has so many heads, and what pruning is">
        <Reading />
      </Details>
    </div>
  );
}
