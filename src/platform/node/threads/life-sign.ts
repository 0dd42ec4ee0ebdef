/** Whether a thread lives, for one that asks without waiting for events. */
import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';

export interface LifeSign {
  /** To be transferred to the thread as it starts; it need not do anything with it. */
  readonly port: MessagePort;
  /** Whether the thread is known to have ended: it does nothing any more, and what it did can be seen. */
  hasEnded(): boolean;
}

/**
 * The port is closed when its thread ends. The other end notices that when it looks for messages, and cannot be
 * transferred any more. A thread that ends before it has received the port is not noticed.
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
