// Whoever walks away leaves nothing to read: after some minutes without a key or a touch the page is covered and the
// session opens nothing. The page itself stays as it is underneath, with all that was typed, and the password brings it
// back. The session's id changes with that, so every form of the page is given the token that goes with it.
const LOOKS = 5000
const SIGNS = ['keydown', 'pointerdown', 'pointermove', 'scroll', 'touchstart']
let since = Date.now()

function tokenOf() {
  return JSON.parse(document.body.getAttribute('hx-headers') || '{}')['X-CSRF-Token']
}

function send(path, fields) {
  const body = new URLSearchParams({ csrf_token: tokenOf(), ...fields })
  return window.fetch(path, { method: 'POST', body, credentials: 'same-origin' })
}

function renew(token) {
  document.body.setAttribute('hx-headers', JSON.stringify({ 'X-CSRF-Token': token }))
  document.querySelectorAll('input[name="csrf_token"]').forEach((field) => { field.value = token })
}

function cover(dialog) {
  if (dialog.open) return
  document.body.classList.add('sg-locked')
  dialog.showModal()
  dialog.querySelector('input[type="password"]').focus()
  send('/lock', {}).catch(() => {})
}

function uncover(dialog) {
  document.body.classList.remove('sg-locked')
  since = Date.now()
  dialog.close()
}

async function open(dialog) {
  const field = dialog.querySelector('input[type="password"]')
  const said = dialog.querySelector('.sg-lock__said')
  try {
    const answer = await send('/unlock', { password: field.value })
    const words = await answer.text()
    field.value = ''
    if (answer.ok) {
      renew(words)
      said.textContent = ''
      uncover(dialog)
    } else if (answer.status === 422 || answer.status === 429) {
      said.textContent = words
      field.focus()
    } else {
      said.textContent = dialog.dataset.sayOver
    }
  } catch {
    said.textContent = document.body.dataset.sayOffline
  }
}

// Unlocked in another tab, with a passkey or a code: this one goes on with the token of the session as it is now.
async function lookAgain(dialog) {
  const answer = await window.fetch('/second-step/done', { redirect: 'manual', credentials: 'same-origin' })
  if (!answer.ok) return
  const page = new window.DOMParser().parseFromString(await answer.text(), 'text/html')
  const field = page.querySelector('input[name="csrf_token"]')
  if (!field) return
  renew(field.value)
  uncover(dialog)
}

export function startLocking() {
  const dialog = document.getElementById('lock')
  if (!dialog) return
  const patience = Number(dialog.dataset.lockAfter) * 1000
  for (const sign of SIGNS) document.addEventListener(sign, () => { since = Date.now() }, { passive: true, capture: true })
  dialog.addEventListener('cancel', (event) => event.preventDefault())
  dialog.querySelector('form').addEventListener('submit', (event) => {
    event.preventDefault()
    open(dialog)
  })
  document.querySelectorAll('[data-lock-now]').forEach((button) => {
    button.hidden = false
    button.addEventListener('click', () => cover(dialog))
  })
  window.addEventListener('focus', () => { if (dialog.open) lookAgain(dialog).catch(() => {}) })
  window.setInterval(() => { if (!dialog.open && Date.now() - since >= patience) cover(dialog) }, LOOKS)
}
