// What the page does: takes a pack, checks it, and says in words what that proves. It sends nothing anywhere: the
// page's own policy forbids it.
import { verify } from './checking.js'
import { parseKey } from './notes.js'
import { forget, recall, remember } from './seen.js'

const $ = (id) => document.getElementById(id)
const MARKS = { VALID: '✓', DISCONTINUITY: '!', INVALID: '✕', 'CANNOT CHECK': '?' }
const TONES = { VALID: 'good', 'VALID but KEY NOT KNOWN': 'good', 'VALID but REDACTED': 'good', DISCONTINUITY: 'mind', INVALID: 'bad', 'CANNOT CHECK': 'mind' }
const whole = new Intl.NumberFormat('en-GB')

function element(name, text, className) {
  const made = document.createElement(name)
  if (text) made.textContent = text
  if (className) made.className = className
  return made
}

function keysTyped() {
  const typed = $('key').value.replace(/[\s\u200b]+/g, '')
  return typed ? [parseKey(typed)] : []
}

// Of checks that run at the same time only the last that was asked for is told: what stands there is about the file that is chosen.
let asked = 0

async function check(file) {
  const outcome = $('outcome')
  const mine = (asked += 1)
  const isLast = () => mine === asked
  const say = (...parts) => isLast() && outcome.replaceChildren(...parts)
  let keys
  outcome.hidden = true
  delete outcome.dataset.verdict
  try {
    keys = keysTyped()
    refuse('key', '')
  } catch (fault) {
    refuse('key', `This key cannot be used: ${fault.message}. Copy it again, or leave the field empty.`)
    return
  }
  outcome.hidden = false
  say(element('p', `Checking ${file.name} …`))
  const report = await verify(file, keys, (part) => say(element('p', `Checking ${part} …`)), recall)
  if (!isLast()) return
  if (isSound(report)) report.found.kept = remember(report.found)
  say(...told(report, file.name))
  outcome.dataset.verdict = report.verdict
  outcome.dataset.report = JSON.stringify({ sentence: report.sentence, verdict: report.verdict, headline: report.headline, file: report.file, entry: report.entry })
  outcome.focus()
}

function refuse(field, sentence) {
  $(`${field}-error`).textContent = sentence
  $(field).setAttribute('aria-invalid', sentence ? 'true' : 'false')
}

const isSound = (report) => !['INVALID', 'CANNOT CHECK'].includes(report.verdict)

function told(report, name) {
  const box = element('div', '', `verdict verdict--${TONES[report.verdict]}`)
  const title = element('h2')
  title.append(Object.assign(element('span', MARKS[report.verdict] ?? MARKS.VALID, 'mark'), { ariaHidden: 'true' }), report.headline)
  box.append(title, element('p', report.sentence))
  if (report.file) box.append(element('p', `File: ${report.file}`))
  if (report.entry !== null) box.append(element('p', `Entry: ${report.entry} (the first is 0)`))
  if (report.verdict === 'INVALID') box.append(element('p', 'Do not rely on it. Fetch the file once more; if it says the same, keep this copy and ask whoever gave it to you.'))
  const parts = [element('p', name, 'name'), box]
  if (isSound(report)) parts.push(...facts(report.found))
  return parts
}

function facts(found) {
  const list = element('dl')
  const add = (name, text) => list.append(element('dt', name), element('dd', text))
  add('Pack', found.title)
  add('Organisation', `${found.organisation} (as the pack says)`)
  add('Log', entriesOf(found))
  add('Records', `${whole.format(found.objects)} with ${whole.format(found.versions)} ${found.versions === 1 ? 'version' : 'versions'}, each what the log was told when it was written`)
  if (found.attached) add('Attached files', `${whole.format(found.attached)}, each what the log was told when it was attached`)
  if (found.disposed) add('Disposed of', `${whole.format(found.disposed)} ${found.disposed === 1 ? 'record' : 'records'}, as the entries shown say: the words are gone, what the log holds of them stays`)
  add('Files', `${whole.format(found.files)}, every one as it was signed`)
  add('As of', `${found.log.lastTime.slice(0, 19).replace('T', ' ')} UTC, by the organisation's own clock`)
  if (found.stamped) add('Timestamp', `${found.stamped.replace('T', ' ').replace('Z', ' UTC')}, of this log’s checkpoint. Whether its authority is one to trust, “openssl ts -verify” says.`)
  for (const print of found.fingerprints) add('Key’s fingerprint', print)
  const out = [element('h3', 'What was checked'), list]
  if (found.redacted.length) out.push(leftOut(found.redacted))
  return [...out, element('h3', 'What this does not prove'), limits(found)]
}

function entriesOf(found) {
  const size = whole.format(found.log.size)
  if (found.disclosure === 'complete') {
    return `This pack holds ${size} entries. All are unaltered, and none about the records in it is missing.`
  }
  return `This pack shows ${whole.format(found.shown)} of ${size} entries, unaltered. The other ${whole.format(found.hidden)} ${found.hidden === 1 ? 'is' : 'are'} not shown, so it is not claimed that nothing else was written about these records.`
}

function leftOut(names) {
  const fold = element('details')
  fold.append(element('summary', `Left out: ${whole.format(names.length)} ${names.length === 1 ? 'value' : 'values'}`))
  const list = element('ul')
  list.append(...names.map((name) => element('li', name)))
  fold.append(list)
  return fold
}

function limits(found) {
  const list = element('ul')
  const say = (text) => list.append(element('li', text))
  say('That what was written is true, or that everything that happened was written down.')
  say('Who holds the key. The report (PDF) is signed as a whole; the records are what stands in the log.')
  if (!found.keyKnown) say('Whose key it is. Ask the organisation to read you its fingerprint, or paste the key above and check again.')
  say(remembered(found))
  return list
}

// What two packs of one log say against each other, neither says alone.
function remembered(found) {
  if (!found.kept) return 'That no earlier pack said otherwise: this browser keeps nothing for this page. The command “safeguard verify” does.'
  if (!found.earlier) return 'That no earlier pack said otherwise: this is the first of this log here. Its size, root and time are kept in this browser, and a later pack that contradicts them is INVALID.'
  const packs = found.earlier === 1 ? 'the earlier pack' : `the ${whole.format(found.earlier)} earlier packs`
  return `More than this browser saw: ${packs} of this log that you checked here ${found.earlier === 1 ? 'says' : 'say'} nothing else, as far as both reach.`
}

function offer(files) {
  if (!files.length) return
  refuse('pack', '')
  check(files[0])
}

$('forget').addEventListener('click', () => {
  forget()
  $('forgotten').textContent = 'Forgotten. The next pack of each log is the first one again.'
})
const place = $('place')
$('pack').addEventListener('change', (event) => offer(event.target.files))
$('again').addEventListener('submit', (event) => {
  event.preventDefault()
  const chosen = $('pack').files
  refuse('pack', chosen.length ? '' : 'Choose a pack first: the file that ends in .zip.')
  if (chosen.length) offer(chosen)
  else $('pack').focus()
})
for (const name of ['dragenter', 'dragover', 'dragleave', 'drop']) {
  document.addEventListener(name, (event) => {
    event.preventDefault()
    place.classList.toggle('over', name === 'dragenter' || name === 'dragover')
    if (name === 'drop') offer(event.dataTransfer.files)
  })
}
globalThis.safeguardVerify = async (bytes, key) => {
  const { verdict, headline, file, entry } = await verify(new Blob([bytes]), key ? [parseKey(key)] : [])
  return { verdict, headline, file, entry }
}
