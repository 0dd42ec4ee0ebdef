/**
 * Where a line of a stack stands in TypeScript. Tests run without source maps, as a process would spend a tenth of a second
 * or more on reading those of its modules; they are made where a test has failed, of the files that its output names.
 */
import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../../..');
const PLACE = /(?:file:\/\/)?(\/[^\s()]*)\/dist\/([^\s()]+)\.js:(\d+):(\d+)/g;

/** Replaces the places in files of dist by those in the sources, as `test/run.ts:20:3`. */
export async function inSources(output: string): Promise<string> {
  const names = [...output.matchAll(PLACE)].filter(([, root]) => root === ROOT).map(([, , name]) => name!);
  const maps = new Map<string, SourceMap>();
  for (const name of new Set(names)) {
    const map = await mapOf(name);
    if (map) maps.set(name, map);
  }
  return output.replace(PLACE, (place, root: string, name: string, line: string, column: string) => {
    const map = root === ROOT ? maps.get(name) : undefined;
    const origin = map?.findOrigin(Number(line), Number(column));
    return origin && 'lineNumber' in origin ? `${name}.ts:${origin.lineNumber}:${origin.columnNumber}` : place;
  });
}

/** The map of a file of dist, by its name without an end; undefined where the source is another than when it was built. */
async function mapOf(name: string): Promise<SourceMap | undefined> {
  const { default: ts } = await import('typescript');
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, files: [] }, ts.sys, ROOT);
  // A module by itself does not tell its kind; package.json says that all are of this one.
  const compilerOptions = { ...options, module: ts.ModuleKind.ESNext, moduleResolution: undefined, sourceMap: true };
  const source = ts.sys.readFile(join(ROOT, `${name}.ts`));
  if (source === undefined) return undefined;
  const { outputText, sourceMapText } = ts.transpileModule(source, { compilerOptions, fileName: `${name}.ts` });
  const [text] = outputText.split('//# sourceMappingURL');
  if (!sourceMapText || readFileSync(join(ROOT, 'dist', `${name}.js`), 'utf8') !== text) return undefined;
  return new SourceMap(JSON.parse(sourceMapText));
}
