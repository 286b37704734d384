// What a page is asked by tests/quality/test_pages.py. Evaluated in the page; nothing of the page calls it.
(() => {
  const CAN = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex], [contenteditable]"
  const BIG = "button, .button, .place, .tabs a, summary, select, textarea, input:not([type=radio], [type=checkbox])"
  const TARGET = 44
  const words = (el) => {
    const text = (el.getAttribute("aria-label") || el.innerText || el.getAttribute("name") || "").trim().slice(0, 40)
    return `<${el.localName}${el.className && typeof el.className === "string" ? "." + el.className : ""}> ${text}`
  }
  const isShown = (el) => el.checkVisibility({ visibilityProperty: true }) && !el.closest("[inert]")
  const isLead = (el, all) => {
    if (el.type !== "radio") return true
    const group = all.filter((one) => one.type === "radio" && one.name === el.name && one.form === el.form)
    return el === (group.find((one) => one.checked) ?? group[0])
  }
  const looks = (el) => {
    const style = getComputedStyle(el)
    return [style.outline, style.boxShadow, style.borderColor, style.backgroundColor, style.textDecoration].join("|")
  }
  const holders = (el) => [el, ...(el.labels ?? []), el.nextElementSibling, el.parentElement].filter(Boolean)

  let stops, before, log
  const note = (event) => {
    const el = event.target
    if (log.at(-1)?.el === stops.at(-1)) return
    const was = before.get(el)
    log.push({ el, seen: !was || holders(el).some((holder, index) => looks(holder) !== was[index]) })
  }

  window.look = {
    openAll: () => document.querySelectorAll("details").forEach((part) => (part.open = true)),

    // Begin at the page's first stop; gives how often Tab has to be pressed to reach all (a date has stops of its own).
    begin: () => {
      document.activeElement?.blur()
      const all = [...document.querySelectorAll(CAN)].filter((el) => !el.disabled && el.tabIndex >= 0 && isShown(el))
      stops = all.filter((el) => isLead(el, all))
      before = new Map(stops.map((el) => [el, holders(el).map(looks)]))
      log = []
      document.addEventListener("focusin", note)
      stops[0]?.focus()
      return stops.length - 1 + 7 * stops.filter((el) => /date|time|month/.test(el.type)).length
    },

    end: () => {
      document.removeEventListener("focusin", note)
      const order = log.map(({ el }) => stops.indexOf(el))
      const reached = new Set(log.map(({ el }) => el))
      const found = stops.filter((el) => !reached.has(el)).map((el) => `not reached by Tab: ${words(el)}`)
      found.push(...log.filter(({ seen }) => !seen).map(({ el }) => `focus not to be seen: ${words(el)}`))
      found.push(...log.filter((_, at) => at && order[at] <= order[at - 1]).map(({ el }) => `out of order: ${words(el)}`))
      found.push(...stops.filter((el) => el.tabIndex > 0).map((el) => `tabindex above 0: ${words(el)}`))
      return found
    },

    // What lies below a bar that stays in place when it has the focus.
    covered: () => stops.filter((el) => {
      el.focus()
      const box = el.getBoundingClientRect()
      const [x, y] = [box.left + Math.min(box.width, innerWidth) / 2, box.top + Math.min(box.height, innerHeight) / 2]
      const top = document.elementFromPoint(x, y)
      return top && box.height > 1 && top.closest(".topbar, .places") && !top.closest(".topbar, .places").contains(el)
    }).map((el) => `hidden below a bar: ${words(el)}`),

    wide: () => {
      const over = document.documentElement.scrollWidth - innerWidth
      if (over <= 0) return []
      const all = [...document.body.querySelectorAll("*")].filter((el) => el.getBoundingClientRect().right > innerWidth + 1)
      return [`${over} px too wide at ${innerWidth}: ${all.slice(-3).map(words).join(" / ")}`]
    },

    small: () => [...document.querySelectorAll(BIG)].filter((el) => {
      const box = el.getBoundingClientRect()
      const height = Math.max(box.height, parseFloat(getComputedStyle(el, "::after").height) || 0)
      return isShown(el) && box.width > 1 && height < TARGET && !el.closest(".leaflet-container, p")
    }).map((el) => `${Math.round(el.getBoundingClientRect().height)} px high: ${words(el)}`),

    sendNonsense: () => {
      const form = document.querySelector("main form[method=post]")
      for (const field of form.querySelectorAll("input:not([type=hidden]), select, textarea")) {
        if (field.localName === "select") field.append(new Option("x", "x", true, true))
        if (["date", "time", "number", "datetime-local"].includes(field.type)) field.type = "text"
        if (["radio", "checkbox"].includes(field.type)) field.checked = true
        if (field.type !== "file") field.value = "x"
      }
      form.noValidate = true
      if (form.matches("[data-visit-form], [data-session-form], [data-assessment-form], [data-edit-form]")) form.submit() // as where no script puts it into the outbox first
      else form.querySelector("button:not([type=button])").click()
    },

    isInside: () => document.querySelector("main").contains(document.activeElement),
  }
})()
