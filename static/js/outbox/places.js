// Where each kind of item is written, and whom of the day that the phone keeps it is about; what the shell can draw at an
// address of it. One answer for the shell and for the service worker. A new kind has its line here, its form in
// forms/<kind>.js and forms.js, and on the server ejsika/outbox/kinds.py.

// A family of the day with what another part of the day says of it.
function about(day, part, id) {
  const family = day.families.find((each) => each.id === id)
  const told = day[part]?.find((each) => each.id === id)
  return family && told && { ...family, ...told }
}

const KINDS = [
  { kind: "visit", path: /^\/visits\/new\/(\d+)\/$/, find: (day, id) => day.families.find((family) => family.id === id) },
  { kind: "session", path: /^\/groups\/(\d+)\/sessions\/new\/$/, find: (day, id) => day.groups?.find((group) => group.id === id) },
  { kind: "assessment", path: /^\/households\/(\d+)\/assessments\/new\/$/, find: (day, id) => about(day, "assessments", id) },
  { kind: "household", path: /^\/households\/(\d+)\/edit\/$/, find: (day, id) => about(day, "households", id) },
]
const LISTS = { "/": "tasks", "/visits/tasks/": "tasks", "/groups/": "groups" }
export const OUTBOX = "/visits/outbox/"

// Whether a form of ours is sent to this address by a browser itself.
export const isWritten = (path) => KINDS.some(({ path: pattern }) => pattern.test(path))

// The part of the shell, and for a form its kind and whom it is about; nothing where the phone keeps nothing of it.
export function placeAt(path, person) {
  if (!person) return undefined
  if (path === OUTBOX) return { part: "outbox" }
  if (!person.day) return undefined
  if (LISTS[path]) return { part: LISTS[path] }
  for (const { kind, path: pattern, find } of KINDS) {
    const subject = find(person.day, Number(pattern.exec(path)?.[1]))
    if (subject) return { part: kind, kind, subject }
  }
  return undefined
}
