// A passkey answers the question that the page brought, and the answer travels in the form like everything else. Without
// script, or in a browser that knows no passkeys, the button is not shown and the other ways stay.
function fromText(text) {
  const padded = text.replace(/-/g, '+').replace(/_/g, '/')
  return Uint8Array.from(window.atob(padded), (letter) => letter.charCodeAt(0))
}

function toText(buffer) {
  let letters = ''
  for (const byte of new Uint8Array(buffer)) letters += String.fromCharCode(byte)
  return window.btoa(letters).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
}

function questionOf(part) {
  const asked = JSON.parse(part.dataset.question)
  asked.challenge = fromText(asked.challenge)
  if (asked.user) asked.user.id = fromText(asked.user.id)
  for (const list of ['allowCredentials', 'excludeCredentials']) {
    for (const one of asked[list] || []) one.id = fromText(one.id)
  }
  return { publicKey: asked }
}

function answerOf(credential) {
  const { response } = credential
  const told = { clientDataJSON: toText(response.clientDataJSON) }
  if (response.attestationObject) {
    told.attestationObject = toText(response.attestationObject)
    told.transports = response.getTransports ? response.getTransports() : []
  } else {
    told.authenticatorData = toText(response.authenticatorData)
    told.signature = toText(response.signature)
    if (response.userHandle) told.userHandle = toText(response.userHandle)
  }
  return JSON.stringify({
    id: credential.id, rawId: toText(credential.rawId), type: credential.type, response: told,
    clientExtensionResults: {}
  })
}

async function ask(part, button) {
  const said = part.querySelector('.sg-passkey__said')
  said.textContent = part.dataset.sayAsking
  try {
    const question = questionOf(part)
    const kind = part.dataset.passkey
    const credential = await navigator.credentials[kind](question)
    part.querySelector('input[name="passkey"]').value = answerOf(credential)
    said.textContent = ''
    button.form.requestSubmit(button)
  } catch (fault) {
    said.textContent = fault.name === 'InvalidStateError' ? part.dataset.sayKnown : part.dataset.sayStopped
  }
}

function show(part) {
  part.hidden = false
  const around = part.closest('[data-with-passkeys]')
  if (around) around.hidden = false
}

export function startPasskeys() {
  if (!window.PublicKeyCredential) return
  document.querySelectorAll('[data-passkey]').forEach(show)
  document.addEventListener('htmx:load', (event) => {
    if (event.target instanceof Element) event.target.querySelectorAll('[data-passkey]').forEach(show)
  })
  document.addEventListener('submit', (event) => {
    const part = event.submitter?.closest('[data-passkey]')
    if (!part || part.querySelector('input[name="passkey"]').value) return
    event.preventDefault()
    ask(part, event.submitter)
  })
}
