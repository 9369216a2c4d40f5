// Fonts for documents: whole files, because a report must be able to show any name, and the typesetter reads no woff2.
import { copyFileSync, mkdirSync } from 'node:fs'
import { basename, join } from 'node:path'

const FACES = [
  'atkinson-hyperlegible/400Regular/AtkinsonHyperlegible_400Regular.ttf',
  'atkinson-hyperlegible/400Regular_Italic/AtkinsonHyperlegible_400Regular_Italic.ttf',
  'atkinson-hyperlegible/700Bold/AtkinsonHyperlegible_700Bold.ttf',
  'noto-sans/400Regular/NotoSans_400Regular.ttf',
  'noto-sans/700Bold/NotoSans_700Bold.ttf',
  'noto-sans-arabic/400Regular/NotoSansArabic_400Regular.ttf',
  'noto-sans-arabic/700Bold/NotoSansArabic_700Bold.ttf',
  'noto-sans-hebrew/400Regular/NotoSansHebrew_400Regular.ttf',
  'noto-sans-hebrew/700Bold/NotoSansHebrew_700Bold.ttf',
  'noto-emoji/400Regular/NotoEmoji_400Regular.ttf',
]

export function buildPrintFonts(here, target) {
  const folder = join(target, 'print')
  mkdirSync(folder, { recursive: true })
  for (const face of FACES) {
    copyFileSync(join(here, 'node_modules', '@expo-google-fonts', face), join(folder, basename(face)))
  }
}
