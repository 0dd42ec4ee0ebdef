/** The worker's side of a test in a browser, see `Tab.ask`. */

type Method = (...args: never[]) => unknown;

/** Answers the page's calls with `methods`: arguments and results are cloned, of errors the message arrives. */
export function answer(methods: Readonly<Record<string, Method>>): void {
  addEventListener('message', async ({ data: { call, method, args } }: MessageEvent) => {
    try {
      const result = await (methods[method] as (...args: unknown[]) => unknown)(...args);
      postMessage({ call, result });
    } catch (error) {
      postMessage({ call, error: error instanceof Error ? error.message : String(error) });
    }
  });
}
