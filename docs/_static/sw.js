// Keeps what has been seen, so that the second lesson starts at once and the site works without a network. VERSION is
// the digest of the whole site: another one begins anew.
const STORE = "gates-and-gradients-VERSION";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", event => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (name.startsWith("gates-and-gradients-") && name !== STORE) await caches.delete(name);
  await clients.claim();
})()));
self.addEventListener("fetch", event => {
  const {request} = event;
  if (request.method !== "GET" || new URL(request.url).origin !== location.origin) return;
  event.respondWith((async () => {
    const store = await caches.open(STORE);
    const found = await store.match(request, {ignoreSearch: request.mode === "navigate"});
    if (found) return found;
    const answer = await fetch(request);
    if (answer.ok && answer.status === 200) store.put(request, answer.clone());
    return answer;
  })());
});
