/** What each output takes, and what it is worth, as a table. */
import type { HeadView, ModelView } from '../../engine/protocol.js';
import { Table } from '../ui/index.js';
import { count, fileSize, outputName, score, time } from '../words.js';

export interface CostTableProps {
  readonly model: ModelView;
  readonly heads: readonly HeadView[];
}

export function CostTable({ model, heads }: CostTableProps) {
  const rows = heads.flatMap((head) => {
    const cost = model.outputs.find(({ mode }) => mode === head.mode);
    return cost ? [{ ...head, ...cost }] : [];
  });
  const isScored = heads.some(({ dice }) => dice !== null);
  type Row = (typeof rows)[number];
  return (
    <div class="costs">
      <Table<Row>
        id="costs"
        caption="Each output by itself"
        rows={rows}
        rowKey={({ mode }) => mode}
        columns={[
          { title: 'Output', cell: ({ mode }) => outputName(mode) },
          ...(isScored ? [{ title: 'Dice', numeric: true, cell: ({ dice }: Row) => score(dice) }] : []),
          { title: 'Time', numeric: true, cell: ({ milliseconds }) => time(milliseconds) },
          { title: 'Parameters', numeric: true, cell: ({ parameters }) => count(parameters) },
          { title: 'Size', numeric: true, cell: ({ bytes }) => fileSize(bytes) },
          { title: 'Multiply-adds', numeric: true, cell: ({ macs }) => count(macs) },
        ]}
      />
      <p class="hint">
        Multiply-adds are those of an image of {model.size}x{model.size} pixels.
      </p>
    </div>
  );
}
