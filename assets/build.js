// Builds everything the browser loads into ../src/safeguard/_assets/<hash>/ and writes manifest.json beside it.
//
// One folder, one hash of all its contents: a page's files always belong together, and the folder can be cached for
// good. Files inside refer to each other by name.
import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildScripts } from './build/scripts.js'
import { buildStyles } from './build/styles.js'
import { buildFonts } from './build/fonts.js'
import { buildVerifier } from './build/verify.js'
import { buildPrintFonts } from './build/print-fonts.js'

const here = dirname(fileURLToPath(import.meta.url))
const target = process.env.SAFEGUARD_ASSETS ?? join(here, '..', 'src', 'safeguard', '_assets')
const work = join(target, '.new')

function fresh(folder) {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
}

function hashOf(folder) {
  const hash = createHash('sha256')
  for (const name of readdirSync(folder).sort()) {
    hash.update(name + '\0').update(readFileSync(join(folder, name))).update('\0')
  }
  return hash.digest('hex').slice(0, 16)
}

function publish(folder) {
  const hash = hashOf(folder)
  const files = readdirSync(folder).sort()
  for (const name of readdirSync(target)) {
    if (name !== '.new' && name !== hash) rmSync(join(target, name), { recursive: true, force: true })
  }
  if (existsSync(join(target, hash))) rmSync(folder, { recursive: true })
  else renameSync(folder, join(target, hash))
  writeFileSync(join(target, 'manifest.json'), JSON.stringify({ hash, files }, null, 2) + '\n')
  return { hash, files }
}

fresh(work)
await buildFonts(here, work)
buildStyles(here, work)
await buildScripts(here, work)
for (const name of readdirSync(join(here, 'images'))) copyFileSync(join(here, 'images', name), join(work, name))
const { hash, files } = publish(work)
buildPrintFonts(here, target)
await buildVerifier(here, target)
console.log(`${files.length} files in ${hash}`)
