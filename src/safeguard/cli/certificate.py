"""`safeguard certificate`: the certificates with which organisations sign the reports in their packs."""

from pathlib import Path
from uuid import UUID

import click

from safeguard import clock, settings
from safeguard.cli import opening, options
from safeguard.cli.token import find_organisation
from safeguard.evidence.attesting.certificates import Certificate, Unusable, file_of, parse, read
from safeguard.settings import Settings

OWNER_READS = 0o400


@click.group()
def certificate() -> None:
    """Look after the certificates that sign reports (PAdES): only from an authority that readers trust."""


@certificate.command()
@click.option("--organisation", "slug", required=True, metavar="SLUG", help="Whose reports it signs.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@options.data
def add(data: Path | None, slug: str, file: Path) -> None:
    """Sign an organisation's reports with FILE: PKCS #12 (.p12, .pfx) or PEM, key and chain. Takes another's place.

    The passphrase is asked for. The key is kept readable by the service's own user, beside the others.
    """
    found = _open(file)
    if not found.holds_at(clock.now()):
        raise click.ClickException(f"The certificate is not valid today: it {_until(found)}.")
    target = _place_of(data, slug)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = target.with_suffix(".new")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_bytes(found.as_pem())
    draft.chmod(OWNER_READS)
    draft.replace(target)
    click.echo(f"Reports of “{slug}” are signed as {found.holder}, says {found.issuer}; it {_until(found)}.")


@certificate.command("list")
@options.data
def list_(data: Path | None) -> None:
    """Say whose certificates are kept, and until when each is valid."""
    files = sorted(settings.load(data=data).certificates.glob("*.pem"))
    for file in files:
        click.echo(f"{file.stem}  {_said(file)}")
    if not files:
        click.echo("No organisation signs its reports with a certificate.")


@certificate.command()
@click.option("--organisation", "slug", required=True, metavar="SLUG", help="Whose certificate goes.")
@options.data
def remove(data: Path | None, slug: str) -> None:
    """Destroy an organisation's key and certificate. What they signed stays signed."""
    target = _place_of(data, slug)
    there = target.exists()
    target.unlink(missing_ok=True)
    click.echo(f"“{slug}” signs no report any more." if there else f"“{slug}” had no certificate.")


def _open(file: Path) -> Certificate:
    content = file.read_bytes()
    try:
        return parse(content)
    except Unusable as refusal:
        if "passphrase" not in str(refusal):
            raise click.ClickException(str(refusal)) from refusal
    passphrase = click.prompt("Passphrase of the file", hide_input=True, default="", show_default=False)
    try:
        return parse(content, passphrase.encode())
    except Unusable as refusal:
        raise click.ClickException(str(refusal)) from refusal


def _place_of(data: Path | None, slug: str) -> Path:
    async def work(place: Settings) -> tuple[Path, UUID]:
        return place.certificates, await find_organisation(slug)

    return file_of(*opening.run(data, "safeguard certificate", work))


def _said(file: Path) -> str:
    try:
        found = read(file)
    except Unusable as refusal:
        return str(refusal)
    return f"{found.holder}, by {found.issuer}; {_until(found)}"


def _until(found: Certificate) -> str:
    over = found.own.not_valid_after_utc
    return f"{'runs' if over > clock.now() else 'ran'} out on {over:%d %B %Y}"
