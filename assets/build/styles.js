// app.scss with only the components that our pages use.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as sass from 'sass'

export function buildStyles(here, out) {
  const { css } = sass.compile(join(here, 'app.scss'), {
    style: 'compressed',
    loadPaths: [join(here, 'node_modules'), here],
    quietDeps: true,
  })
  writeFileSync(join(out, 'app.css'), css)
}
