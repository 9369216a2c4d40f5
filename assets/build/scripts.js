// htmx, the few GOV.UK behaviours that our pages use and our own, as one small module-free script. What
// few pages need, or need late, is apart.
// htmx goes first as its makers minified it: 4 KB less than minifying its module again. But for one function of it.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as esbuild from 'esbuild'

// Whether htmx may write to the browser's storage, where it would keep the address of the page that is open: on a child's
// phone, of the page on which they told us something. There is no setting for that; it never may.
const MAY_STORE = /function (\w+)\(\)\{const e="htmx:sessionStorageTest";try\{[^}]*\}catch\(e\)\{return false\}\}/

function storingNothing(htmx) {
  if (!MAY_STORE.test(htmx)) throw new Error('htmx asks elsewhere now whether it may store: find that place')
  return htmx.replace(MAY_STORE, 'function $1(){return false}')
}

export async function buildScripts(here, out) {
  const htmx = storingNothing(readFileSync(join(here, 'node_modules', 'htmx.org', 'dist', 'htmx.min.js'), 'utf8'))
  await esbuild.build({
    absWorkingDir: here,
    entryPoints: [join(here, 'app.js')],
    outfile: join(out, 'app.js'),
    bundle: true,
    minify: true,
    format: 'iife',
    target: ['es2020'],
    legalComments: 'none',
    banner: { js: htmx },
  })
  for (const name of ['account', 'locking']) {
    await esbuild.build({
      absWorkingDir: here,
      entryPoints: [join(here, `${name}.js`)],
      outfile: join(out, `${name}.js`),
      bundle: true,
      minify: true,
      format: 'iife',
      target: ['es2020'],
      legalComments: 'none',
    })
  }
}
