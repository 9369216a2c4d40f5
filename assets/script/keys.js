// j and k walk through a list, x ticks the row one is at, Enter opens it (the link has the focus, so that is the
// browser's own doing). Only on a page that asks for it, and never while somebody types or holds another key.
function typing(target) {
  return target.closest('textarea, select, [contenteditable], input:not([type=checkbox])') !== null
}

function walk(rows, step) {
  const here = rows.findIndex((row) => row.contains(document.activeElement))
  const next = rows[Math.min(Math.max(here + step, 0), rows.length - 1)]
  next.querySelector('[data-open]').focus()
}

function tick(rows) {
  const row = rows.find((each) => each.contains(document.activeElement))
  row?.querySelector('input[type=checkbox]').click()
}

export function startKeys() {
  document.addEventListener('keydown', (event) => {
    const list = document.querySelector('[data-keys]')
    if (!list || typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return
    const rows = [...list.querySelectorAll('[data-row]')]
    const does = { j: () => walk(rows, 1), k: () => walk(rows, -1), x: () => tick(rows) }
    if (rows.length && does[event.key]) {
      event.preventDefault()
      does[event.key]()
    }
  })
}
