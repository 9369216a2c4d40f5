// verify.html: one file that checks evidence packs offline. Its own policy lets it run its own script and style, known
// by their hashes, and nothing else: it can load nothing and send nothing.
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as esbuild from 'esbuild'

const allowed = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

async function bundled(here, file, loader) {
  const built = await esbuild.build({
    absWorkingDir: here,
    entryPoints: [join(here, 'verify', file)],
    bundle: true,
    minify: true,
    write: false,
    format: loader,
    target: ['es2022'],
    legalComments: 'none',
  })
  return built.outputFiles[0].text.trim().replaceAll('</', '<\\/')
}

export async function buildVerifier(here, target) {
  const script = await bundled(here, 'page.js', 'iife')
  const style = await bundled(here, 'page.css')
  const policy = [
    "default-src 'none'", `script-src ${allowed(script)}`, `style-src ${allowed(style)}`, "base-uri 'none'", "form-action 'none'",
  ].join('; ')
  const parts = { policy, script, style }
  const page = readFileSync(join(here, 'verify', 'page.html'), 'utf8')
  writeFileSync(join(target, 'verify.html'), page.replace(/\{\{(\w+)\}\}/g, (_, name) => parts[name]))
}
