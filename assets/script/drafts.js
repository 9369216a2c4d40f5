// A form that saves itself says so when it could not, and tries again by itself: soon, then less often, and at once
// when the browser is back online. What was typed stays on the page meanwhile, and nowhere else in the browser.
const FIRST = 4000
const LONGEST = 60000
const waits = new WeakMap()

function draftOf(event) {
  return event.target instanceof Element ? event.target.closest('[data-draft]') : null
}

function say(draft) {
  const line = draft.querySelector('.sg-draft__said')
  if (!line) return
  if (line.dataset.saved) draft.dataset.savedAt = line.dataset.saved
  const since = draft.dataset.savedAt
  line.textContent = since ? draft.dataset.sayLostSince.replace('__time__', since) : draft.dataset.sayLost
  line.classList.add('sg-draft__said--problem')
}

function again(draft) {
  if (draft.isConnected) draft.dispatchEvent(new Event('again'))
}

function lost(draft) {
  say(draft)
  const wait = Math.min((waits.get(draft)?.wait || FIRST / 2) * 2, LONGEST)
  window.clearTimeout(waits.get(draft)?.timer)
  waits.set(draft, { wait, timer: window.setTimeout(() => again(draft), wait) })
}

function settle(draft) {
  window.clearTimeout(waits.get(draft)?.timer)
  waits.delete(draft)
}

export function startDrafts() {
  for (const fault of ['htmx:sendError', 'htmx:timeout']) {
    document.addEventListener(fault, (event) => { const draft = draftOf(event); if (draft) lost(draft) })
  }
  // The service itself may be away for a moment: an answer that no page of ours swaps in. Any other refusal says why,
  // in a line of its own; of too many requests (429) it is tried again as well.
  document.addEventListener('htmx:beforeSwap', (event) => {
    const draft = draftOf(event)
    const { status } = event.detail.xhr
    if (draft && status > 428) lost(draft)
    if (draft && status < 500) event.detail.shouldSwap = true
  })
  document.addEventListener('htmx:afterRequest', (event) => {
    const draft = draftOf(event)
    if (draft && event.detail.successful) settle(draft)
  })
  window.addEventListener('online', () => document.querySelectorAll('[data-draft]').forEach((draft) => {
    if (waits.has(draft)) again(draft)
  }))
}
