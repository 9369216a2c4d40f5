// One live region says what changed. A server says it with the header HX-Trigger: {"announce": "Saved 14:05"},
// or with data-announce on something that was swapped in. What the eye sees anyway is only said (data-announce-heard):
// shown as well, it would lie on the field that somebody is typing in.
const SHOWN_FOR = 6000
let timer

export function announce(words, stays = false, heard = false) {
  const status = document.getElementById('status')
  if (!status || !words) return
  status.textContent = ''
  status.classList.toggle('govuk-visually-hidden', heard)
  window.setTimeout(() => { status.textContent = words }, 50)
  window.clearTimeout(timer)
  if (!stays) timer = window.setTimeout(() => { status.textContent = '' }, SHOWN_FOR)
}

function withdraw() {
  const status = document.getElementById('status')
  if (status) status.textContent = ''
}

// A page that came in place of another begins where a loaded one would: at its errors, else at its content.
function begin(body) {
  window.scrollTo(0, 0)
  if (!body.querySelector('.govuk-error-summary')) body.querySelector('#main')?.focus({ preventScroll: true })
}

function wordsOf(event) {
  return event.detail && typeof event.detail === 'object' ? event.detail.value : event.detail
}

export function startAnnouncing() {
  const spoken = document.body.dataset
  document.addEventListener('htmx:beforeRequest', withdraw)
  document.addEventListener('htmx:afterSettle', (event) => { if (event.target === document.body) begin(event.target) })
  document.addEventListener('announce', (event) => announce(wordsOf(event)))
  document.addEventListener('htmx:afterSettle', (event) => {
    const told = event.target.closest('[data-announce]') || event.target.querySelector('[data-announce]')
    if (told) announce(told.dataset.announce, false, 'announceHeard' in told.dataset)
  })
  // Choosing what kind of entry to add brings the form into view, ready to write in.
  document.addEventListener('htmx:afterSettle', (event) => {
    if (event.target.id === 'add') event.target.querySelector('textarea, select')?.focus()
  })
  // A form that saves itself says so in its own line (see drafts.js).
  const isDraft = (event) => event.target.matches?.('[data-draft]')
  document.addEventListener('htmx:sendError', (event) => { if (!isDraft(event)) announce(spoken.sayOffline, true) })
  document.addEventListener('htmx:responseError', (event) => { if (!isDraft(event)) announce(spoken.sayFailed, true) })
}
