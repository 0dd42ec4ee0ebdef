/** Texts of C that are put together: which need brackets, which stay as they are, and what loops can be said shorter. */

/** A loop that does all under one condition, and leaves where it does not hold, as a loop with this condition. */
export function asWhile(lines: string[]): string[] {
  const [, condition = ''] = /^ *if \((.*)\) \{$/.exec(lines[1]!) ?? [];
  const indent = /^ */.exec(lines[1]!)![0];
  const inner = lines.slice(2, -4);
  const ends = lines.slice(-4).map((line) => line.trim());
  const isWhole = ends.join(' ') === 'continue; } break; }' && !inner.some((line) => line.startsWith(`${indent}}`));
  if (condition === '' || !isWhole) return lines;
  const head = lines[0]!.replace('for (;;)', `while (${condition})`);
  return [head, ...inner.map((line) => line.replace(/^ {2}/, '')), lines.at(-1)!];
}

/** Whether a place in a template is a whole argument of a call, where an operand needs no brackets. */
export function isArgument(template: string, at: number, length: number): boolean {
  return /[(,] ?$/.test(template.slice(0, at)) && /^[,)]/.test(template.slice(at + length));
}

/** A text that can stand beside any operator: a name, a number, a call or an element, or else in brackets. */
export function enclosed(text: string): string {
  return /^[\w.]+$/.test(text) || /^\w+\(\)$/.test(withoutNested(text)) ? text : `(${text})`;
}

/** A text without what is in its brackets. */
function withoutNested(text: string): string {
  let depth = 0;
  return [...text].filter((c) => (c === ')' ? --depth : c === '(' ? depth++ : depth) === 0).join('');
}

/** A number, or a name that was given to a value: neither changes. */
export function isConstant(text: string): boolean {
  return /^(?:-?[\d.]\S*|[rt]\d+)$/.test(text);
}
