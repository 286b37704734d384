// Items that an older version of this code kept, read as they are written now. The database keeps its version: pages and
// workers of both stay open at once for days, and one that cannot open it any more would lose what is written in it.

const GROUP = /^\/groups\/(\d+)\/sessions\/new\/$/

export function modern(item) {
  if (!item || item.kind) return item
  const { family, page, ...rest } = item
  if (!page) return { ...rest, kind: "visit", subject: { id: item.household, ...family } }
  const [, id] = GROUP.exec(page) // the one kind that was sent to a page of its own
  const fields = [...item.fields, ["item_kind", "session"], ["group", id]]
  return { ...rest, kind: "session", fields, subject: { id: Number(id), members: [], ...family } }
}
