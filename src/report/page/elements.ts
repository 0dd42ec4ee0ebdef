/** Elements of the page, made without a library. */

type Attributes = Readonly<Record<string, string | number>>;
type Child = Node | string;

export function html<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  return filled(document.createElement(tag), attributes, children);
}

export function svg(tag: string, attributes: Attributes = {}, ...children: readonly Child[]): SVGElement {
  return filled(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);
}

function filled<T extends Element>(element: T, attributes: Attributes, children: readonly Child[]): T {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

export function table(caption: string, titles: readonly string[], rows: readonly (readonly string[])[]): HTMLElement {
  const head = html('tr', {}, ...titles.map((title) => html('th', { scope: 'col' }, title)));
  const body = rows.map(([first, ...cells]) =>
    html('tr', {}, html('th', { scope: 'row' }, first!), ...cells.map((cell) => html('td', {}, cell))),
  );
  const content = [html('caption', {}, caption), html('thead', {}, head), html('tbody', {}, ...body)];
  // Wide tables scroll for themselves, by keys too.
  return html(
    'div',
    { class: 'wide', tabindex: 0, role: 'region', 'aria-label': caption },
    html('table', {}, ...content),
  );
}
