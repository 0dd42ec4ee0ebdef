/**
 * Bundles the scripts of the page. What a script names by `new URL('…', import.meta.url)` comes along: another script is
 * bundled for itself, as it is a worker, everything else is copied. All of it gets a name by its content, so that browsers
 * may keep it for ever; the URLs stay relative, so that the page works in any folder of any host.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import { HASHED } from './headers.js';

/** What came of a script or another file. Paths are relative to the folder of the page. */
export interface Bundled {
  readonly path: string;
  /** All that is loaded with it. */
  readonly first: ReadonlySet<string>;
  /** What is loaded only where it is needed. */
  readonly later: ReadonlySet<string>;
}

const URL_OF_MODULE = /new URL\(\s*(['"])([^'"]+)\1\s*,\s*import\.meta\.url\s*\)/g;

export class Bundler {
  readonly #out: string;
  readonly #define: Readonly<Record<string, string>>;
  readonly #isLater: (file: string) => boolean;
  /** By the path of the source. */
  readonly #done = new Map<string, Promise<Bundled>>();

  /**
   * @param out the folder of the page
   * @param define what names in the code stand for
   * @param isLater which of the files that a script names the page does not need to begin with
   */
  constructor(out: string, define: Readonly<Record<string, string>>, isLater: (file: string) => boolean) {
    this.#out = out;
    this.#define = define;
    this.#isLater = isLater;
  }

  /** Bundles a script or a style sheet, or copies another file; the same file once. */
  add(file: string): Promise<Bundled> {
    const known = this.#done.get(file);
    if (known) return known;
    const made = ['.js', '.css'].includes(extname(file)) ? this.#bundle(file) : this.#copy(file);
    this.#done.set(file, made);
    return made;
  }

  async #copy(file: string): Promise<Bundled> {
    const content = await readFile(file);
    const path = `${HASHED}${hashedName(file, content)}`;
    await mkdir(join(this.#out, HASHED), { recursive: true });
    await writeFile(join(this.#out, path), content);
    return { path, first: new Set([path]), later: new Set() };
  }

  async #bundle(file: string): Promise<Bundled> {
    const named: { readonly file: string; readonly bundled: Bundled }[] = [];
    const { metafile } = await build({
      entryPoints: [file],
      outdir: this.#out,
      entryNames: `${HASHED}[name]-[hash]`,
      chunkNames: `${HASHED}[name]-[hash]`,
      bundle: true,
      splitting: true,
      minify: true,
      platform: 'browser',
      format: 'esm',
      target: 'es2022',
      define: { ...this.#define },
      // By the paths of tsconfig.json, `#platform/…` would be the sources of Node.
      tsconfigRaw: {},
      // Optional packages ask for them where they find themselves in Node.
      external: ['fs', 'path', 'module', 'worker_threads'],
      metafile: true,
      logLevel: 'warning',
      plugins: [this.#filesByUrl((one) => named.push(one))],
    });
    const outputs = outputsOf(metafile, this.#out);
    const entry = [...outputs].find(([, output]) => output.entryPoint && resolve(output.entryPoint) === resolve(file));
    const [path] = entry!;
    const first = withStaticImports(path, outputs);
    const later = new Set([...outputs.keys()].filter((other) => !first.has(other)));
    for (const { file: other, bundled } of named) {
      const isLater = this.#isLater(other);
      for (const one of bundled.first) (isLater ? later : first).add(one);
      for (const one of bundled.later) later.add(one);
    }
    return { path, first, later };
  }

  /** Files in node_modules that name files which they do without are left as they are. */
  #filesByUrl(found: (one: { readonly file: string; readonly bundled: Bundled }) => void): Plugin {
    return {
      name: 'files-by-url',
      setup: ({ onLoad }) => {
        onLoad({ filter: /\.m?js$/ }, async ({ path }) => {
          const code = await readFile(path, 'utf8');
          const urls = [...code.matchAll(URL_OF_MODULE)];
          if (urls.length === 0) return null;
          let contents = code;
          for (const [text, , name] of urls) {
            const file = resolve(dirname(path), name!);
            if (path.includes('node_modules') && !existsSync(file)) continue;
            const bundled = await this.add(file);
            found({ file, bundled });
            contents = contents.replace(text, `new URL("${basename(bundled.path)}", import.meta.url)`);
          }
          return { contents, loader: 'js' };
        });
      },
    };
  }
}

/** The name of a file with the beginning of its SHA-256. */
function hashedName(file: string, content: Buffer): string {
  const ending = extname(file);
  const digest = createHash('sha256').update(content).digest('hex').slice(0, 8).toUpperCase();
  return `${basename(file, ending)}-${digest}${ending}`;
}

type Outputs = Map<string, Metafile['outputs'][string]>;

/** What esbuild wrote, by paths relative to the folder of the page. */
function outputsOf(metafile: Metafile, out: string): Outputs {
  return new Map(Object.entries(metafile.outputs).map(([path, output]) => [relative(out, resolve(path)), output]));
}

/** A script with all that it imports by statements; paths in the outputs are as esbuild gives them. */
function withStaticImports(path: string, outputs: Outputs): Set<string> {
  const found = new Set<string>();
  const follow = (at: string) => {
    if (found.has(at)) return;
    found.add(at);
    for (const { path: other, kind } of outputs.get(at)?.imports ?? []) {
      const chunk = [...outputs.keys()].find((name) => other.endsWith(name));
      if (kind === 'import-statement' && chunk) follow(chunk);
    }
  };
  follow(path);
  return found;
}
