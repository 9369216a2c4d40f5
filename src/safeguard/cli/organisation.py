"""`safeguard organisation`: a new one, and the link by which its first person joins; removing what one kept."""

from pathlib import Path

import asyncpg
import click

from safeguard.cli import opening, options
from safeguard.console import certifying, removing
from safeguard.console.removing import Finished
from safeguard.errors import DomainError, Invalid
from safeguard.evidence.attesting.certificates import file_of
from safeguard.evidence.signing.asking import AskingSigner, SignerAway
from safeguard.identity import inviting
from safeguard.identity.inviting import Invited
from safeguard.settings import Settings
from safeguard.strongbox import objects
from safeguard.tenancy.details import NewOrganisation
from safeguard.tenancy.establishments import Establishment, find_school
from safeguard.tenancy.nations import Nation
from safeguard.tenancy.organising import create_organisation
from safeguard.tenancy.profile import Profile
from safeguard.tenancy.profiles import load_profiles
from safeguard.work import Work

NATIONS = [str(nation) for nation in Nation]


@click.group()
def organisation() -> None:
    """Set up organisations; remove what one kept that has left."""


@organisation.command()
@click.option("--kind", default="", metavar="KIND", help="school, club, care, childrens_home, helpline or group.")
@click.option("--name", default="", help="As people write it: “Alder Primary School”.")
@click.option("--slug", required=True, help="Its name in addresses: small letters, digits and hyphens.")
@click.option("--lead-email", required=True, help="Who is invited first, and answers for its records.")
@click.option("--nation", type=click.Choice(NATIONS), help="As the register says, with --gias; else england.")
@click.option("--time-zone", default="Europe/London", show_default=True)
@click.option("--urn", default="", help="A school's unique reference number.")
@click.option(
    "--gias",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The register of schools in England (GIAS, CSV): name, numbers and nation are read from it, by --urn.",
)
@click.option("--not-open-yet", is_flag=True, help="The register says that it is proposed to open, and it is meant.")
@click.option("--same-urn", is_flag=True, help="Another organisation here bears its URN already, and it is meant.")
@click.option("--ukprn", default="", help="A school's provider number.")
@click.option("--second-person-name", default="", help="Somebody outside who approves what needs two people.")
@click.option("--second-person-email", default="", help="Where that person is reached.")
@click.option("--group", "--parent", "group", default="", metavar="SLUG", help="The group that it belongs to.")
@options.data
def create(
    data: Path | None, lead_email: str, gias: Path | None, *, not_open_yet: bool, same_urn: bool, **details: str
) -> None:
    """Set up an organisation, and print the link by which its lead joins: once, and for three days."""
    if gias:
        details = _of_register(gias, details, not_open_yet=not_open_yet)
    details["nation"] = details["nation"] or str(Nation.ENGLAND)
    for option in ("kind", "name"):
        if not details[option]:
            raise click.UsageError(f"Missing option '--{option}'.")
    new = NewOrganisation(**details, same_urn=same_urn)

    async def work(place: Settings) -> str:
        _, invited = await create_organisation(new, lambda work, profile: _invite(work, profile, lead_email))
        return place.public_url + invited.path

    link = opening.run(data, "safeguard organisation create", work)
    _tell(new, lead_email, link)


@organisation.command()
@click.option("--slug", required=True, help="Its name in addresses.")
@click.option(
    "--certificate", type=click.Path(dir_okay=False, path_type=Path), help="Write the signed certificate there as well."
)
@options.data
def remove(data: Path | None, slug: str, certificate: Path | None) -> None:
    """Remove everything that an organisation kept, once two operators agreed to it and thirty days went by.

    There is no way back but a backup. Run it again after a crash, or when the signer was away. Then rewrite the
    database's files with `safeguard rewrite`, when nobody works; backups hold what was removed until they expire.
    """

    async def work(place: Settings) -> tuple[Finished, str]:
        owner = await asyncpg.connect(place.address_for("owner"))
        try:
            removal = await removing.remove(owner, slug)
            await removing.erase_stored(owner, removal, objects.open_store(place.objects_url))
            done = await removing.finished(owner, removal)
            file_of(place.certificates, done.organisation_id).unlink(missing_ok=True)
            signer = AskingSigner(place.signer_socket)
            return done, await certifying.certify(owner, removal, place.origin, signer)
        finally:
            await owner.close()

    try:
        done, note = opening.run(data, "safeguard organisation remove", work)
    except (DomainError, SignerAway) as refusal:
        raise click.ClickException(str(refusal)) from refusal
    if certificate:
        certificate.write_text(note)
    click.echo(f"{said(done)} The certificate, which the console shows as well:\n\n{note}")


def said(done: Finished) -> str:
    """What was removed, by the organisation's own id and date: a short name may be somebody else's by now."""
    who = f"{done.name} ({done.slug}, {done.organisation_id})"
    told = f"Everything that {who} kept is removed, since {done.removed_at:%Y-%m-%d %H:%M} UTC."
    if done.now_of is None:
        return told
    return (
        f"{told}\n\nThat finished an earlier removal. {done.now_of}, which has the short name {done.slug} now, was not "
        "touched: run it again for who has the name now.\n\n"
    )


@organisation.command()
@click.option(
    "--gias", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True, help="The register."
)
@click.option("--urn", required=True, help="A school's unique reference number.")
def look(gias: Path, urn: str) -> None:
    """Say what the register of schools (GIAS, CSV) says of one, and set up nothing."""
    _tell_school(_find(gias, urn, not_open_yet=True))


def _of_register(gias: Path, details: dict[str, str], *, not_open_yet: bool) -> dict[str, str]:
    """The details with what the register says of the school; what was typed beside it stays."""
    if not details["urn"]:
        raise click.UsageError("Give the school's number with --urn: it is looked up in the register.")
    school = _find(gias, details["urn"], not_open_yet=not_open_yet)
    _tell_school(school)
    found = {"kind": "school", "name": school.name, "ukprn": school.ukprn, "nation": str(school.nation)}
    return details | {"urn": school.urn} | {option: details[option] or value for option, value in found.items()}


def _find(gias: Path, urn: str, *, not_open_yet: bool) -> Establishment:
    try:
        return find_school(gias.read_bytes(), urn, not_open_yet=not_open_yet)
    except Invalid as refusal:
        raise click.ClickException(refusal.detail) from refusal


def _tell_school(school: Establishment) -> None:
    """What the register says, so that whoever reads it sees whether it is the school that they mean."""
    numbers = f"URN {school.urn}, UKPRN {school.ukprn}" if school.ukprn else f"URN {school.urn}"
    click.echo(f"The register says: {school.name} ({numbers})")
    for label, words in school.said:
        click.echo(f"  {label}: {words}")
    if school.closes:
        click.echo("  It is to be closed: ask the school when, and where its records go.", err=True)
    click.echo()


async def _invite(work: Work, profile: Profile, email: str) -> Invited:
    return await inviting.invite(work, email, profile.first_roles)


def _tell(new: NewOrganisation, email: str, link: str) -> None:
    if notice := load_profiles()[new.kind].notice_for(new.nation):
        click.echo(f"{notice}\n")
    click.echo(f"{new.name} is set up. Hand this link to {email}; it works once, for three days:\n\n{link}")
    if not new.second_person_email:
        click.echo(
            "\nIt counts as being set up until an outside second person is named, on its settings page.", err=True
        )
