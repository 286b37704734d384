// Shows a page in words, or the day's work, when the network is away or does not answer, and sends what waits when it is
// back. It keeps one page and its files and nothing else: what belongs to a person never goes through a cache of it.
import { placeAt } from "{% asset "js/outbox/places.js" %}"
import { sendAll } from "{% asset "js/outbox/send.js" %}"
import { current } from "{% asset "js/outbox/store.js" %}"

const KEPT = "offline-{{ version }}"
const PAGE = "{{ page }}"
const FILES = [{% for file in files %}
  "{% asset file %}",{% endfor %}
]
const HASHED = /\.[0-9a-f]{12}\.\w+$/
const GATEWAY_DOWN = [502, 503, 504] // a proxy is there, and nobody behind it
const PATIENCE_MS = {{ patience_ms|stringformat:"d" }} // with a network that hangs, where the shell can do the work
const SHORT_PATIENCE_MS = PATIENCE_MS / 2 // with one that has hung just before
const HANGS_FOR_MS = 60_000
let hungAt = 0

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

addEventListener("message", ({ data }) => {
  if (data === "hung") hungAt = Date.now() // a page has waited in vain: the next one need not wait as long
})

async function visit(event) {
  const asked = ask(event)
  const answer = await Promise.race([asked, losePatience(event.request)])
  if (answer && !GATEWAY_DOWN.includes(answer.status)) return answer
  return (await kept(PAGE)) ?? (await asked) ?? Response.error()
}

async function ask(event) {
  try {
    const preloaded = await event.preloadResponse.catch(() => {}) // a connection that has just died is no lost network
    const answer = preloaded ?? (await fetch(event.request))
    hungAt = 0
    return answer
  } catch {
    return undefined
  }
}

// Ends without an answer where the shell has something to show; any other page is waited for as long as it takes.
async function losePatience({ url }) {
  await pause()
  const person = await current().catch(() => undefined)
  if (!placeAt(new URL(url).pathname, person)) await new Promise(() => {})
  hungAt = Date.now()
}

function pause() {
  const patience = Date.now() - hungAt < HANGS_FOR_MS ? SHORT_PATIENCE_MS : PATIENCE_MS
  return new Promise((done) => setTimeout(done, patience))
}

// A file with a hash in its name never changes: on a weak network it must not be asked for again.
async function file(request) {
  const found = await kept(request)
  if (found && HASHED.test(request.url)) return found
  const asked = fetch(request).catch(() => found ?? Response.error())
  return found ? Promise.race([asked, pause().then(() => found)]) : asked
}

async function kept(request) {
  return (await caches.open(KEPT)).match(request)
}
