// htmx, the few GOV.UK behaviours that our pages use and our own, as one small module-free script. What
// few pages need, or need late, is apart.
// htmx goes first as its makers minified it: 4 KB less than minifying its module again.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as esbuild from 'esbuild'

export async function buildScripts(here, out) {
  const htmx = readFileSync(join(here, 'node_modules', 'htmx.org', 'dist', 'htmx.min.js'), 'utf8')
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
