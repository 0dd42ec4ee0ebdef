/** The triangle on the page: arrows in SVG, and over them the nodes as buttons, moved among by the arrow keys. */
import { useRef, useState } from 'preact/hooks';
import { plural } from '../../../src/base/quantities.js';
import { levelsOf } from '../../../src/network/config.js';
import { levelName } from '../../../src/network/mode.js';
import type { ModelView, NodeView } from '../../engine/protocol.js';
import { Picture } from '../ui/index.js';
import { useWidth } from '../ui/width.js';
import { nodeLabel, nodeName, SIZES } from './node-words.js';
import {
  type Edge,
  edgesOf,
  includes,
  isSame,
  type Layout,
  layout,
  type Node,
  neighbour,
  nodesOf,
  pathOf,
} from './triangle.js';

export interface TriangleProps {
  readonly model: ModelView;
  readonly features: readonly NodeView[] | null;
  /** The nodes that are lit. */
  readonly needed: readonly Node[];
  readonly chosen: Node | null;
  readonly onChoose: (node: Node) => void;
}

/** Below this side of a node one of its maps is shown, above it four. */
const ROOM_FOR_FOUR = 52;
/** From this side on the whole name of a node is written, and from this width on the left a line on each level. */
const ROOM_FOR_NAME = 60;
const ROOM_FOR_LEVELS = 112;

export function Triangle({ model, features, needed, chosen, onChoose }: TriangleProps) {
  const { config } = model;
  const [element, width] = useWidth();
  const [focused, setFocused] = useState<Node>([0, 0]);
  const buttons = useRef(new Map<string, HTMLButtonElement>());
  const drawing = layout(config, width);
  const isLit = (node: Node) => includes(needed, node);
  const heads = levelsOf(config);

  const moved = (event: KeyboardEvent) => {
    const to = neighbour(config, focused, event.key);
    if (!to) return;
    event.preventDefault();
    buttons.current.get(to.join())?.focus();
  };
  return (
    <div class="triangle" ref={element}>
      {width > 0 && (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset is for controls of a form
        <div
          role="group"
          aria-label="The nodes of the network, moved among by the arrow keys"
          style={{ height: px(drawing.height) }}
          onKeyDown={moved}
        >
          <Arrows edges={edgesOf(config)} drawing={drawing} isLit={isLit} />
          {drawing.at([0, 0])[0] - drawing.side / 2 > ROOM_FOR_LEVELS && <Levels model={model} drawing={drawing} />}
          {nodesOf(config).map((node) => (
            <button
              key={node.join()}
              type="button"
              ref={(button) => {
                if (button) buttons.current.set(node.join(), button);
              }}
              class={`node ${isLit(node) ? 'lit' : 'dim'}`}
              style={placeOf(node, drawing)}
              tabIndex={isSame(node, focused) ? 0 : -1}
              aria-label={nodeLabel(model, node)}
              aria-pressed={chosen !== null && isSame(node, chosen)}
              data-node={node.join()}
              onFocus={() => setFocused(node)}
              onClick={() => onChoose(node)}
            >
              <Maps
                view={features?.find(({ i, j }) => isSame([i, j], node))}
                most={drawing.side < ROOM_FOR_FOUR ? 1 : 4}
              />
              <span class="node-name">{drawing.side < ROOM_FOR_NAME ? node.join() : nodeName(node)}</span>
              {node[0] === 0 && heads.includes(node[1]) && <span class="node-head">{levelName(node[1])}</span>}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

function placeOf(node: Node, { at, side }: Layout) {
  const [x, y] = at(node);
  return { left: px(x - side / 2), top: px(y - side / 2), width: px(side), height: px(side) };
}

function px(length: number): string {
  return `${length}px`;
}

interface ArrowsProps {
  readonly edges: readonly Edge[];
  readonly drawing: Layout;
  readonly isLit: (node: Node) => boolean;
}

/** An arrow is lit where the node at its end is: what a node reads it needs. */
function Arrows({ edges, drawing, isLit }: ArrowsProps) {
  const { width, height } = drawing;
  return (
    <svg width={width} height={height} aria-hidden="true">
      <defs>
        {['lit', 'dim'].map((light) => (
          <marker
            key={light}
            id={`arrow-${light}`}
            class={light}
            markerWidth="6"
            markerHeight="6"
            refX="3"
            refY="3"
            orient="auto"
          >
            <path d="M0,0.5 L5,3 L0,5.5 Z" />
          </marker>
        ))}
      </defs>
      {edges.map((edge) => {
        const light = isLit(edge.to) ? 'lit' : 'dim';
        return (
          <path
            key={[...edge.from, ...edge.to].join()}
            class={`arrow ${edge.kind} ${light}`}
            d={pathOf(edge, drawing)}
            marker-end={`url(#arrow-${light})`}
          />
        );
      })}
    </svg>
  );
}

/** The size and the channels of each level, on its left. */
function Levels({ model: { config }, drawing }: { readonly model: ModelView; readonly drawing: Layout }) {
  return (
    <>
      {config.filters.map((channels, i) => (
        <p key={SIZES[i]} class="level" style={{ top: px(drawing.at([i, 0])[1]) }} aria-hidden="true">
          {SIZES[i]}
          <br />
          {plural(channels, 'channel')}
        </p>
      ))}
    </>
  );
}

function Maps({ view, most }: { readonly view: NodeView | undefined; readonly most: number }) {
  if (!view) return null;
  const shown = view.maps.slice(0, view.maps.length < most ? 1 : most);
  return (
    <span class={`node-maps ${shown.length > 1 ? 'four' : 'one'}`} aria-hidden="true">
      {shown.map((map, k) => (
        <Picture key={k} image={map} label="" />
      ))}
    </span>
  );
}
