// Without network: the groups whose meetings can be written down, from what the phone keeps.

export function showGroups(root, { day }, waiting) {
  const template = root.querySelector("[data-group-card]")
  const written = new Set(waiting.filter(({ kind }) => kind === "session").map(({ subject }) => subject.id))
  const cards = (day.groups ?? []).map((group) => {
    const element = template.content.firstElementChild.cloneNode(true)
    const find = (name) => element.querySelector(`[data-${name}]`)
    find("name").textContent = group.name
    find("place").textContent = [group.place, group.schedule].filter(Boolean).join(" · ")
    find("members").textContent = template.dataset.members.replace("%", group.members.length)
    find("written").hidden = !written.has(group.id)
    find("who").textContent = ` ${group.name}`
    find("write").href = `/groups/${group.id}/sessions/new/`
    return element
  })
  root.querySelector("[data-groups]").replaceChildren(...cards)
  root.querySelector("[data-none]").hidden = Boolean(cards.length)
}
