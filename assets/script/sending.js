// A second press of "Record incident" while the first is on its way is not sent. The button is never disabled: its
// value must travel with the form, and if no answer comes the person may press again after a while. The server
// recognises the repeat by the form's idempotency key, so nothing is lost and nothing is recorded twice.
const MAY_TRY_AGAIN_AFTER = 15000
const underWay = new WeakMap()

function mark(form, busy) {
  form.querySelectorAll('button[type="submit"], button:not([type])').forEach((button) => {
    if (busy) button.setAttribute('aria-disabled', 'true')
    else button.removeAttribute('aria-disabled')
  })
}

function isTooSoon(form) {
  return Date.now() - (underWay.get(form) || -MAY_TRY_AGAIN_AFTER) < MAY_TRY_AGAIN_AFTER
}

function begin(form) {
  underWay.set(form, Date.now())
  mark(form, true)
  window.setTimeout(() => end(form), MAY_TRY_AGAIN_AFTER)
}

function end(form) {
  underWay.delete(form)
  mark(form, false)
}

function guard(event) {
  const form = event.target
  if (form.method !== 'post') return
  if (isTooSoon(form)) event.preventDefault()
  else begin(form)
}

export function startSending() {
  // Last in line: a submission that somebody else stopped is not under way.
  window.addEventListener('submit', (event) => { if (!event.defaultPrevented) guard(event) })
  window.addEventListener('pageshow', (event) => {
    if (event.persisted) document.querySelectorAll('form').forEach(end)
  })
  document.addEventListener('htmx:beforeRequest', (event) => {
    const form = event.target
    if (!(form instanceof HTMLFormElement) || event.detail.requestConfig.verb !== 'post') return
    if (event.detail.requestConfig.triggeringEvent?.type !== 'submit') return
    if (isTooSoon(form)) event.preventDefault()
    else begin(form)
  })
  document.addEventListener('htmx:afterRequest', (event) => {
    if (event.target instanceof HTMLFormElement) end(event.target)
  })
}
