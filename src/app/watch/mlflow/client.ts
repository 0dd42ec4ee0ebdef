/** The few requests of MLflow's REST interface (2.0) that a training makes, each with a time limit. */
import { InputError } from '../../../base/errors.js';
import { show } from '../../../base/show.js';
import type { Environment } from '../watcher.js';

/** A server by its variables in the environment. */
export interface Server {
  /** Without a slash at the end. */
  readonly uri: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** @throws InputError for an address that is missing, or none of a tracking server */
export function serverOf(env: Environment): Server {
  const { MLFLOW_TRACKING_URI: uri, MLFLOW_TRACKING_TOKEN: token } = env;
  const { MLFLOW_TRACKING_USERNAME: user, MLFLOW_TRACKING_PASSWORD: password = '' } = env;
  if (uri === undefined || uri === '') {
    throw new InputError(
      'MLFLOW_TRACKING_URI is not set; give the address of the tracking server, like http://127.0.0.1:5000',
    );
  }
  if (!/^https?:\/\/[^/]/.test(uri) || !URL.canParse(uri)) {
    throw new InputError(
      `MLFLOW_TRACKING_URI is ${show(uri)}; expected the address of a tracking server, http://… or https://…`,
    );
  }
  const { origin, pathname, username, password: inUri } = new URL(uri);
  const [name, secret] =
    user === undefined ? [decodeURIComponent(username), decodeURIComponent(inUri)] : [user, password];
  const basic = () => btoa(String.fromCharCode(...new TextEncoder().encode(`${name}:${secret}`)));
  const authorization = token ? `Bearer ${token}` : name ? `Basic ${basic()}` : undefined;
  return { uri: origin + pathname.replace(/\/+$/, ''), headers: authorization ? { authorization } : {} };
}

/** A request that has failed. It may be made again, unless the server has understood and refused it. */
export class RequestError extends Error {
  constructor(
    message: string,
    /** The code of the server's answer, such as RESOURCE_DOES_NOT_EXIST. */
    readonly code?: string,
    readonly isFinal = false,
  ) {
    super(message);
  }
}

export class MlflowClient {
  /** @param timeout the milliseconds that an answer is waited for */
  constructor(
    readonly server: Server,
    readonly timeout: number,
  ) {}

  /** Finds the experiment of a name, or makes it. @returns its id */
  async experiment(name: string, signal: AbortSignal): Promise<string> {
    try {
      const found = await this.#call(
        `experiments/get-by-name?experiment_name=${encodeURIComponent(name)}`,
        undefined,
        signal,
      );
      return textIn(found, 'experiment', 'experiment_id');
    } catch (error) {
      if ((error as RequestError).code !== 'RESOURCE_DOES_NOT_EXIST') throw error;
    }
    return textIn(await this.#call('experiments/create', { name }, signal), 'experiment_id');
  }

  /** Begins a run. @returns its id, and where its artifacts are */
  async createRun(body: object, signal: AbortSignal): Promise<{ readonly id: string; readonly artifacts: string }> {
    const answer = await this.#call('runs/create', body, signal);
    return { id: textIn(answer, 'run', 'info', 'run_id'), artifacts: textIn(answer, 'run', 'info', 'artifact_uri') };
  }

  async updateRun(body: object, signal: AbortSignal): Promise<void> {
    await this.#call('runs/update', body, signal);
  }

  async logBatch(body: object, signal: AbortSignal): Promise<void> {
    await this.#call('runs/log-batch', body, signal);
  }

  /** Uploads a file through the server, which is waited for as long as `signal` allows. */
  async upload(path: string, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    const url = `${this.server.uri}/api/2.0/mlflow-artifacts/artifacts/${path.split('/').map(encodeURIComponent).join('/')}`;
    const headers = { ...this.server.headers, 'content-type': 'application/octet-stream' };
    await this.#fetched(url, { method: 'PUT', headers, body: bytes as BodyInit }, signal);
  }

  /** A request with a body is a POST. @returns the answer as JSON */
  async #call(path: string, body: object | undefined, signal: AbortSignal): Promise<unknown> {
    const headers = { ...this.server.headers, ...(body && { 'content-type': 'application/json' }) };
    const request = body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers };
    const limited = AbortSignal.any([signal, AbortSignal.timeout(this.timeout)]);
    const text = await this.#fetched(`${this.server.uri}/api/2.0/mlflow/${path}`, request, limited);
    const answer = parsed(text);
    if (answer === undefined) throw new RequestError('the answer is no JSON, as that of a tracking server is');
    return answer;
  }

  /** A redirection is refused: it would take the authorization to another address. */
  async #fetched(url: string, request: RequestInit, signal: AbortSignal): Promise<string> {
    const answer = await fetch(url, { ...request, signal, redirect: 'error' }).catch((error: unknown) => {
      throw new RequestError(reasonOf(error));
    });
    const text = await answer.text().catch((error: unknown) => {
      throw new RequestError(reasonOf(error));
    });
    if (answer.ok) return text;
    const { error_code: code, message } = (parsed(text) ?? {}) as { error_code?: unknown; message?: unknown };
    const said = typeof message === 'string' ? `: ${message.slice(0, 200)}` : '';
    const again = answer.status >= 500 || answer.status === 429 || answer.status === 408;
    throw new RequestError(`status ${answer.status}${said}`, typeof code === 'string' ? code : undefined, !again);
  }
}

function reasonOf(error: unknown): string {
  const { name, message, cause } = error as Error & { readonly cause?: { readonly code?: string } };
  if (name === 'TimeoutError' || name === 'AbortError') return 'no answer in time';
  return cause?.code ?? message;
}

function parsed(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The text at a path in an answer. */
function textIn(answer: unknown, ...path: readonly string[]): string {
  const found = path.reduce((value, name) => (value as Record<string, unknown> | undefined)?.[name], answer);
  if (typeof found === 'string' && found !== '') return found;
  throw new RequestError(`the answer has no ${path.join('.')}, as that of a tracking server has`);
}
