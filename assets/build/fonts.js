// Atkinson Hyperlegible without its hinting instructions: 10 KB a weight instead of 17, all letters kept.
// Screens that we know of ignore or barely use the hints; on a school's slow line the bytes are felt.
//
// HarfBuzz's subsetter, called through its WebAssembly: input flags of hb-subset.h.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createRequire } from 'node:module'
import wawoff2 from 'wawoff2'

const NO_HINTING = 0x1
const WEIGHTS = { 400: 'regular', 700: 'bold' }
const SETS = ['latin', 'latin-ext']

async function loadSubsetter() {
  const path = createRequire(import.meta.url).resolve('harfbuzzjs/dist/harfbuzz-subset.wasm')
  const { instance } = await WebAssembly.instantiate(readFileSync(path))
  instance.exports._initialize?.()
  return instance.exports
}

function withoutHints(hb, sfnt) {
  const address = hb.malloc(sfnt.byteLength)
  new Uint8Array(hb.memory.buffer).set(sfnt, address)
  const blob = hb.hb_blob_create(address, sfnt.byteLength, 2, 0, 0)
  const face = hb.hb_face_create(blob, 0)
  const input = hb.hb_subset_input_create_or_fail()
  hb.hb_subset_input_keep_everything(input)
  hb.hb_subset_input_set_flags(input, NO_HINTING)
  const subset = hb.hb_subset_or_fail(face, input)
  if (!subset) throw new Error('The font could not be subset')
  const result = hb.hb_face_reference_blob(subset)
  const start = hb.hb_blob_get_data(result, 0)
  return Buffer.from(new Uint8Array(hb.memory.buffer).slice(start, start + hb.hb_blob_get_length(result)))
}

export async function buildFonts(here, out) {
  const folder = join(here, 'node_modules', '@fontsource', 'atkinson-hyperlegible', 'files')
  const hb = await loadSubsetter()
  for (const [weight, name] of Object.entries(WEIGHTS)) {
    for (const set of SETS) {
      const source = readFileSync(join(folder, `atkinson-hyperlegible-${set}-${weight}-normal.woff2`))
      const sfnt = withoutHints(hb, await wawoff2.decompress(source))
      writeFileSync(join(out, `${name}-${set}.woff2`), Buffer.from(await wawoff2.compress(sfnt)))
    }
  }
  writeFileSync(join(out, 'font-licence.txt'), readFileSync(join(folder, '..', 'LICENSE')))
}
