// Shows a page in words when the network is away. It keeps that page and its files and nothing else: what belongs to a
// person never goes through a cache of this worker.
const KEPT = "offline-{{ version }}"
const PAGE = "{{ page }}"
const FILES = [
  "{% asset "css/tokens.css" %}",
  "{% asset "css/base.css" %}",
  "{% asset "css/components/parts.css" %}",
  "{% asset "css/components/form.css" %}",
  "{% asset "img/icon.svg" %}",
]

addEventListener("install", (event) => {
  skipWaiting()
  event.waitUntil(keep())
})

addEventListener("activate", (event) => {
  event.waitUntil(Promise.all([forgetOlder(), registration.navigationPreload?.enable()]))
})

addEventListener("fetch", (event) => {
  const { request } = event
  if (request.mode === "navigate" && request.method === "GET") event.respondWith(visit(event))
  else if (FILES.includes(new URL(request.url).pathname)) event.respondWith(fetch(request).catch(() => kept(request)))
})

async function keep() {
  const cache = await caches.open(KEPT)
  await cache.addAll([PAGE, ...FILES].map((path) => new Request(path, { credentials: "omit" })))
}

async function forgetOlder() {
  const names = await caches.keys()
  await Promise.all(names.filter((name) => name !== KEPT).map((name) => caches.delete(name)))
}

async function visit(event) {
  try {
    return (await event.preloadResponse) ?? (await fetch(event.request))
  } catch {
    return (await kept(PAGE)) ?? Response.error()
  }
}

async function kept(request) {
  return (await caches.open(KEPT)).match(request)
}
