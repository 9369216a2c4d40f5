// What the pages do when there is script. Every page also works without it.
//
// Nothing here is called from markup: behaviour is attached by data attributes, once for the whole document, so that
// what htmx swaps in works without being set up again.
import { startGovuk } from './script/govuk.js'
import { startAnnouncing } from './script/announcing.js'
import { startDays } from './script/days.js'
import { startDrafts } from './script/drafts.js'
import { startKeys } from './script/keys.js'
import { startLeaving } from './script/leaving.js'
import { startLater } from './script/later.js'
import { startMenus } from './script/menus.js'
import { startPolling } from './script/polling.js'
import { startRows } from './script/rows.js'
import { startSending } from './script/sending.js'
import { startUnsaved } from './script/unsaved.js'

startGovuk()
startAnnouncing()
startDays()
startDrafts()
startKeys()
startLeaving()
startLater()
startMenus()
startPolling()
startRows()
startSending()
startUnsaved()
