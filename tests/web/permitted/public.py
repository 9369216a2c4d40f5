"""What is open to whoever comes by: the routes and who may use them."""

from typing import Final

from safeguard.access.policy import PUBLIC, Marker, Permission

P = Permission

ROUTES: Final[dict[str, Permission | Marker]] = {
    "GET /verify": PUBLIC,
    "GET /verify/verify.html": PUBLIC,
    "GET /verify/safeguard-verify.pyz": PUBLIC,
    "GET /r/{address}": PUBLIC,
    "GET /r/{address}/{answer}": PUBLIC,
    "POST /r/{address}/{answer}": PUBLIC,
    "GET /r/{address}/back": PUBLIC,
    "POST /r/{address}/back": PUBLIC,
    "POST /r/{address}/back/message": PUBLIC,
    "GET /help/{slug}": PUBLIC,
    "POST /help/{slug}": PUBLIC,
    "GET /help/{slug}/feedback/{token}": PUBLIC,
    "POST /help/{slug}/feedback/{token}": PUBLIC,
    "GET /calendar/{name}": PUBLIC,
    "GET /help/{slug}/reports": PUBLIC,
    "GET /help/{slug}/reports/{report}": PUBLIC,
    "GET /help/{slug}/reports/{report}/report.pdf": PUBLIC,
    "GET /help/{slug}/reports/{report}/figures.csv": PUBLIC,
    "GET /help/{slug}/reports/{report}/dictionary.csv": PUBLIC,
    "GET /.well-known/security.txt": PUBLIC,
    "GET /health/live": PUBLIC,
    "GET /health/ready": PUBLIC,
    "GET /assets/{folder}/{name}": PUBLIC,
    "GET /favicon.ico": PUBLIC,
}
