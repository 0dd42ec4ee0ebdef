/** Tables with a caption and headings, which scroll sideways by themselves where the screen is narrow; and lists of facts. */
import type { ComponentChildren } from 'preact';

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => ComponentChildren;
  /** Numbers stand to the right, digit under digit. */
  readonly numeric?: boolean;
}

export interface TableProps<Row> {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** What tells a row from the others. */
  readonly rowKey: (row: Row) => string;
  readonly id?: string;
}

/** The first column names its rows. */
export function Table<Row>({ caption, columns, rows, rowKey, id }: TableProps<Row>) {
  const side = (column: Column<Row>) => (column.numeric ? 'numeric' : undefined);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <section class="table-scroll" aria-label={caption} tabIndex={0}>
      <table id={id}>
        <caption>{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.title} scope="col" class={side(column)}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)}>
              {columns.map((column, k) =>
                k === 0 ? (
                  <th key={column.title} scope="row" class={side(column)}>
                    {column.cell(row)}
                  </th>
                ) : (
                  <td key={column.title} class={side(column)}>
                    {column.cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

export interface Fact {
  readonly name: string;
  readonly value: ComponentChildren;
}

/** Facts with their names, as a list of definitions. */
export function Facts({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <dl class="facts">
      {facts.map(({ name, value }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
