// Loaded by the few pages on which somebody shows or sets up a passkey.
import { startPasskeys } from './script/passkeys.js'
import { startPrinting } from './script/printing.js'

startPasskeys()
startPrinting()
