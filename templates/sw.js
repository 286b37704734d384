// Shows a page in words, or the day's work, when the network is away, and sends what waits when it is back. It keeps one
// page and its files and nothing else: what belongs to a person never goes through a cache of this worker.
import { sendAll } from "{% asset "js/outbox/send.js" %}"

const KEPT = "offline-{{ version }}"
const PAGE = "{{ page }}"
const FILES = [{% for file in files %}
  "{% asset file %}",{% endfor %}
]
const HASHED = /\.[0-9a-f]{12}\.\w+$/
const GATEWAY_DOWN = [502, 503, 504] // a proxy is there, and nobody behind it

addEventListener("install", (event) => {
  skipWaiting()
  event.waitUntil(keep())
})

addEventListener("activate", (event) => {
  event.waitUntil(Promise.all([forgetOlder(), clients.claim(), registration.navigationPreload?.enable()]))
})

addEventListener("fetch", (event) => {
  const { request } = event
  if (request.mode === "navigate" && request.method === "GET") event.respondWith(visit(event))
  else if (FILES.includes(new URL(request.url).pathname)) event.respondWith(file(request))
})

addEventListener("sync", (event) => {
  if (event.tag === "outbox") event.waitUntil(sendWaiting())
})

async function sendWaiting() {
  if (["away", "trouble"].includes(await sendAll())) throw new Error("not yet") // the browser tries again by itself
}

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
    const preloaded = await event.preloadResponse.catch(() => {}) // a connection that has just died is no lost network
    const answer = preloaded ?? (await fetch(event.request))
    return GATEWAY_DOWN.includes(answer.status) ? ((await kept(PAGE)) ?? answer) : answer
  } catch {
    return (await kept(PAGE)) ?? Response.error()
  }
}

// A file with a hash in its name never changes: on a weak network it must not be asked for again.
async function file(request) {
  const found = HASHED.test(request.url) && (await kept(request))
  return found || fetch(request).catch(() => kept(request))
}

async function kept(request) {
  return (await caches.open(KEPT)).match(request)
}
