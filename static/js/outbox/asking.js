// Asking the server over a network that may fail, or hang: each try ends, and the next one repeats it.

const PATIENCE_MS = 30_000
const SEEN_PATIENCE_MS = 10_000 // for all of it, while somebody waits

export function post(address, body, token, limits) {
  return ask(address, { method: "POST", body, headers: { "X-CSRFToken": token }, ...limits })
}

function within(patience) {
  const limit = new AbortController()
  setTimeout(() => limit.abort(), patience)
  return limit.signal
}

export async function ask(address, { patience = PATIENCE_MS, signal = within(patience), ...options } = {}) {
  try {
    return await fetch(address, { cache: "no-store", redirect: "manual", ...options, signal })
  } catch {
    return undefined
  }
}

export async function json(answer) {
  try {
    return await answer?.json()
  } catch {
    return undefined
  }
}

export async function read(answer) {
  if (!answer) return { state: "away" }
  if (answer.type === "opaqueredirect" || answer.status === 403 || answer.status === 409) return { state: "login" }
  const said = await json(answer)
  if (said?.state === "stored" || said?.state === "rejected") return said
  return { state: answer.ok ? "away" : "trouble" } // cut off on its way, or the server's own fault
}

// Ends what is asked while somebody waits for it.
export const whileSeen = () => within(SEEN_PATIENCE_MS)
