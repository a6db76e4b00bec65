"""Many accounts at once: import with a preview, export, and the same run or change for all that are named or fit a filter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from app.api.accounts import Wanted
from app.api.idempotency import Idempotent
from app.domain.views import AccountFilter, AccountState
from app.errors import BadInput, Taken
from app.http.callers import Configurer, Reader, Runner
from app.http.state import Here, Portal
from app.services.exporting import exported
from app.services.import_file import Remark, Source
from app.services.importing import Line, Outcome, Preview
from app.services.many import RUNS, Change, Meant, change_many, meant, run_many

router = APIRouter(prefix="/accounts", tags=["accounts"], route_class=Idempotent)

_MOST_NAMES = 10_000
_TEXT = Field(
    description="The file's text: a table with columns as in an export, or a set-up file.",
    min_length=1,
    max_length=20_000_000,
    examples=["account;email\nanna;anna@example.com\n"],
)
_FORM = Field(description="How the file is written: `csv` or `toml`.", examples=["csv"])


class ImportIn(BaseModel):
    """A file to look at."""

    model_config = ConfigDict(extra="forbid")

    text: str = _TEXT
    form: Source = _FORM


class ImportAgreed(ImportIn):
    """A file to import, as its preview showed it."""

    digest: str = Field(description="Of the preview; if anything has changed since, nothing is imported.", examples=["9f86d0..."])  # fmt: skip


class RemarkOut(BaseModel):
    """What is wrong."""

    line: int = Field(description="Line of the file, 0 where it is not known.", examples=[4])
    setting: str = Field(description="The setting, empty for the whole entry.", examples=["mailbox"])
    message: str = Field(description="What is wrong, and what is taken instead.", examples=["must not be empty"])

    @classmethod
    def of(cls, remark: Remark) -> RemarkOut:
        """As the API shows it."""
        return cls(line=remark.line, setting=remark.setting, message=remark.advice)


class LineOut(BaseModel):
    """What becomes of one thing that the file names."""

    line: int = Field(description="Line of the file, 0 where it is not known.", examples=[4])
    kind: str = Field(description="What it is.", examples=["account"])
    name: str = Field(description="Its name; a profile's is account/profile.", examples=["anna"])
    outcome: Outcome = Field(description="What becomes of it.", examples=["changed"])
    before: Mapping[str, object] = Field(description="What differs, as it is; secrets masked.", examples=[{"email": ""}])  # fmt: skip
    after: Mapping[str, object] = Field(description="The same as it would be.", examples=[{"email": "anna@example.com"}])  # fmt: skip
    problems: list[RemarkOut] = Field(description="What is wrong with it.", examples=[[]])

    @classmethod
    def of(cls, line: Line) -> LineOut:
        """As the API shows it."""
        return cls(
            line=line.line,
            kind=line.kind,
            name=line.name,
            outcome=line.outcome,
            before=line.before,
            after=line.after,
            problems=[RemarkOut.of(problem) for problem in line.problems],
        )


class PreviewOut(BaseModel):
    """What the file would do, or has done."""

    sound: bool = Field(description="Whether it can be imported: nothing is wrong.", examples=[True])
    changes: int = Field(description="So many things are added or changed.", examples=[2])
    digest: str = Field(description="To be sent with the import: says that this was seen.", examples=["9f86d0..."])
    lines: list[LineOut] = Field(description="Everything that the file names, in its order.")
    problems: list[RemarkOut] = Field(description="What is wrong with the file as a whole.", examples=[[]])

    @classmethod
    def of(cls, preview: Preview) -> PreviewOut:
        """As the API shows it."""
        return cls(
            sound=preview.is_sound,
            changes=preview.changes,
            digest=preview.digest,
            lines=[LineOut.of(line) for line in preview.lines],
            problems=[RemarkOut.of(problem) for problem in preview.problems],
        )


class Filter(BaseModel):
    """Accounts that fit all of this; what is left out restricts nothing."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(default="", description="Words of name, e-mail, mailbox or Wice user.", examples=["schulz"])
    state: AccountState | None = Field(default=None, description="Only in this state.", examples=["failing"])
    wice_server: str = Field(default="", description="Only of this Wice server.", examples=["main"])
    exchange_server: str = Field(default="", description="Only of this Exchange server.", examples=["mail"])
    template: str = Field(default="", description="Only with a profile of this template.", examples=["office"])
    active: bool | None = Field(default=None, description="Only active, or only inactive ones.", examples=[True])


class _Chosen(BaseModel):
    model_config = ConfigDict(extra="forbid")

    names: list[str] | None = Field(
        default=None, max_length=_MOST_NAMES, description="These accounts; or else `filter`.", examples=[["anna"]]
    )
    filter: Filter | None = Field(default=None, description="All accounts that fit; or else `names`.", examples=[None])
    expected: int | None = Field(
        default=None,
        description="So many accounts are meant; if it is another number, nothing is done (409).",
        examples=[1],
    )

    def meant(self, here: Portal) -> Meant:
        """The accounts. Raises: BadInput, NotFound, Taken."""
        if (self.names is None) == (self.filter is None):
            raise BadInput("give either names or a filter", fields={"names": "either these or a filter"})
        wanted = AccountFilter(**self.filter.model_dump()) if self.filter else None
        found = meant(here.product, self.names or [], wanted)
        if self.expected not in (None, len(found.accounts)):
            raise Taken(f"{len(found.accounts)} accounts are meant, not {self.expected}; nothing was done")
        return found


class RunMany(_Chosen):
    """Accounts whose active profiles are to run."""

    verb: Literal["analyse", "sync"] = Field(description="What to do.", examples=["analyse"])


class ChangeMany(_Chosen):
    """Accounts that are to change."""

    change: Change = Field(description="What to do.", examples=["deactivate"])
    template: str = Field(
        default="",
        description="For `assign`: the template that all their profiles follow; empty: none.",
        examples=["office"],
    )


class RunsAsked(BaseModel):
    """The runs that were asked for."""

    runs: list[str] = Field(description="Their ids; look at /runs/{id}.", examples=[["k3v7qmzlw2abk3v7qmzl"]])


class ManyDone(BaseModel):
    """What became of it."""

    changed: int = Field(description="So many accounts, or for `assign` profiles, have changed.", examples=[12])
    locked: list[str] = Field(
        description="Profiles that were synchronised and keep their settings (R35).", examples=[["anna/Wice"]]
    )


@router.get("/export", response_class=StreamingResponse)
def export_accounts(
    here: Here,
    _: Reader,
    wanted: Wanted,
    form: Annotated[Source, Query(description="`csv` or `toml`.")] = Source.CSV,
) -> StreamingResponse:
    """All that fit the filters as a file that can be imported again; without secrets."""
    names = here.product.views.account_names(wanted)
    kind = "text/csv" if form is Source.CSV else "application/toml"
    headers = {"Content-Disposition": f'attachment; filename="accounts.{form}"'}
    lines = exported(here.product.registry, form, names)
    return StreamingResponse(lines, media_type=f"{kind}; charset=utf-8", headers=headers)


@router.post("/import/preview")
def preview_import(here: Here, _: Configurer, body: ImportIn) -> PreviewOut:
    """What the file would do; nothing is changed."""
    return PreviewOut.of(here.product.importing.preview(body.text, body.form))


@router.post("/import")
def import_accounts(here: Here, by: Configurer, body: ImportAgreed) -> PreviewOut:
    """Do exactly what the preview showed, all of it or nothing; 412 if something was changed since."""
    return PreviewOut.of(here.product.importing.carry_out(body.text, body.form, body.digest, by))


@router.post("/many/runs", status_code=202)
def run_accounts(here: Here, by: Runner, body: RunMany) -> RunsAsked:
    """Ask for a run of every active profile of these accounts."""
    asked = run_many(here.product, body.meant(here), RUNS[body.verb], by)
    return RunsAsked(runs=[request.id for request in asked])


@router.post("/many/changes")
def change_accounts(here: Here, by: Configurer, body: ChangeMany) -> ManyDone:
    """Activate, deactivate or remove these accounts, or let their profiles follow a template: all or nothing."""
    done = change_many(here.product, body.meant(here), body.change, by, body.template)
    return ManyDone(changed=done.changed, locked=list(done.locked))
