/** Asks for the page to be kept for times without a network. Called once the page is ready, as all that is fetched then must not delay it. */

/** How it stands with the page without a network. */
export type Offline = 'not kept' | 'being kept' | 'kept';

/**
 * Registers the service worker and has it keep all files.
 * @param say is told how it stands
 */
export async function keepOffline(say: (state: Offline) => void): Promise<void> {
  // Browsers offer it only to pages that come over HTTPS or from this computer.
  if (!navigator.serviceWorker) return;
  try {
    await navigator.serviceWorker.register('service-worker.js');
    const { active } = await navigator.serviceWorker.ready;
    say('being kept');
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => say('kept' in data ? 'kept' : 'not kept');
    active!.postMessage('keep all', [port2]);
  } catch {
    // A person may have forbidden it, or there is no room: the page works all the same, with a network.
    say('not kept');
  }
}

/** Deletes what is kept of the page itself. It is fetched again at the next visit. */
export async function forgetOffline(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration();
  await registration?.unregister();
  const scope = registration?.scope;
  const names = scope ? (await caches.keys()).filter((name) => name.startsWith(`unetpp ${scope} `)) : [];
  await Promise.all(names.map((name) => caches.delete(name)));
}
