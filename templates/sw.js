// Shows a page in words, or the day's work, when the network is away or does not answer, and sends what waits when it is
// back. It keeps one page and its files and nothing else: what belongs to a person never goes through a cache of it.
import { keepEarly } from "{% asset "js/outbox/early.js" %}"
import { isWritten, OUTBOX, placeAt } from "{% asset "js/outbox/places.js" %}"
import { knock, sendAll } from "{% asset "js/outbox/send.js" %}"
import { current } from "{% asset "js/outbox/store.js" %}"

const VERSION = "{{ version }}"
const KEPT = `offline-${VERSION}`
const PAGE = "{{ page }}"
const FILES = [{% for file in files %}
  "{% asset file %}",{% endfor %}
]
const HASHED = /\.[0-9a-f]{12}\.\w+$/
const GATEWAY_DOWN = [502, 503, 504] // a proxy is there, and nobody behind it
const OUR_MARK = "cross-origin-resource-policy" // all our answers have it
const PATIENCE_MS = {{ patience_ms|stringformat:"d" }} // with a network that hangs, where the shell can do the work
const SHORT_PATIENCE_MS = PATIENCE_MS / 2 // with one that has hung just before
const LONG_PATIENCE_MS = 2 * PATIENCE_MS // more, where it can only say that there is no network
const OFFICE_PATIENCE_MS = 5 * PATIENCE_MS // and where nobody works from this browser without one
const HANGS_FOR_MS = 60_000
const INSTALL_MS = 120_000
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
  const { pathname } = new URL(request.url)
  if (request.mode === "navigate" && request.method === "GET") event.respondWith(visit(event))
  else if (request.mode === "navigate" && isWritten(pathname)) event.respondWith(takeWritten(event))
  else if (FILES.includes(pathname)) event.respondWith(file(request))
})

addEventListener("sync", (event) => {
  if (event.tag === "outbox") event.waitUntil(sendWaiting())
})

async function sendWaiting() {
  if (["away", "trouble"].includes(await sendAll())) throw new Error("not yet") // the browser tries again by itself
}

// All or nothing, and nothing but our own: who sells a network may answer for us until it is paid.
async function keep() {
  const cache = await caches.open(KEPT)
  const signal = AbortSignal.timeout(INSTALL_MS)
  await Promise.all(
    [PAGE, ...FILES].map(async (path) => {
      const answer = await fetch(path, { credentials: "omit", redirect: "error", signal })
      const isOurs = path === PAGE ? await isShell(answer.clone()) : !isPage(answer)
      if (!answer.ok || !isOurs) throw new Error(`not ours: ${path}`)
      await cache.put(path, answer)
    }),
  )
}

async function isShell(answer) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await answer.arrayBuffer()))
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("").startsWith(VERSION)
}

const isPage = ({ headers }) => Boolean(headers.get("content-type")?.startsWith("text/html"))

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
  if (answer && !GATEWAY_DOWN.includes(answer.status) && !(await isStrangers(answer, event.request))) return answer
  return (await kept(PAGE)) ?? (await asked) ?? Response.error()
}

// Whether somebody else answers in our place, as who sells a network until it is paid; told where there is the shell.
async function isStrangers({ type, headers }, { url }) {
  if (headers.has(OUR_MARK) || !(await canDraw(url))) return false
  return type !== "opaqueredirect" || (new URL(url).pathname !== "/" && (await knock()).state === "away")
}

async function ask(event) {
  try {
    const preloaded = await event.preloadResponse.catch(() => {}) // a connection that has just died is no lost network
    const answer = await whole(preloaded ?? (await fetch(event.request)))
    hungAt = 0
    return answer
  } catch {
    return undefined
  }
}

// A page is shown once all of it is here: one that stops in the middle would stay half of one.
async function whole(answer) {
  if (!isPage(answer)) return answer
  const { status, statusText, headers } = answer
  return new Response(await answer.blob(), { status, statusText, headers })
}

// Ends without an answer where there was none for long; sooner where the shell has something to show.
async function losePatience({ url }) {
  await pause()
  if (!(await canDraw(url))) await pause((await someone()) ? LONG_PATIENCE_MS : OFFICE_PATIENCE_MS)
  hungAt = Date.now()
}

const someone = () => current().catch(() => undefined)
const canDraw = async (url) => Boolean(placeAt(new URL(url).pathname, await someone()))

function pause(patience = Date.now() - hungAt < HANGS_FOR_MS ? SHORT_PATIENCE_MS : PATIENCE_MS) {
  return new Promise((done) => setTimeout(done, patience))
}

// A form that the browser sends by itself waits in the outbox like any other.
async function takeWritten(event) {
  const isKept = await keepEarly(event.request.clone()).catch(() => false)
  if (!isKept) return fetch(event.request)
  await registration.sync?.register("outbox").catch(() => {})
  return Response.redirect(`${OUTBOX}#disimpan`, 303)
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
