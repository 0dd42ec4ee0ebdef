/** Signs of life of a thread, which can be checked without waiting for events. */
import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';

export interface LifeSign {
  /** The port that is transferred to the thread as it starts; the thread need not use it. */
  readonly port: MessagePort;
  /** Whether the thread is known to have ended: it does nothing any more, and what it did can be seen. */
  hasEnded(): boolean;
}

/**
 * Makes a sign of life. The port is closed when its thread ends, which the other end notices when it looks for messages.
 * A thread that ends before it has received the port is not noticed.
 */
export function lifeSign(): LifeSign {
  const { port1, port2 } = new MessageChannel();
  let end: MessagePort | undefined = port1;
  const hasEnded = () => {
    if (!end) return true;
    receiveMessageOnPort(end);
    try {
      end = structuredClone(end, { transfer: [end] });
    } catch {
      end = undefined;
    }
    return !end;
  };
  return { port: port2, hasEnded };
}
