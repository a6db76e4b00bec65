"""Import accounts from a file, with a preview first; export them; files to start from."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, File, Form, Request, UploadFile
from starlette.responses import Response, StreamingResponse

from app.domain.people import Actor
from app.errors import BadInput, Superseded
from app.http.callers import Configurer, Reader
from app.http.state import Here, Portal
from app.services.exporting import exported, sample
from app.services.import_file import Source, decoded
from app.services.importing import Line, Outcome, Preview
from app.web.asked import Text, WantedAccounts, written_filter
from app.web.flash import redirect
from app.web.i18n import _, ngettext
from app.web.sentences import said, setting
from app.web.templating import render

router = APIRouter()

_SHOWN: Final = 200
_MOST_BYTES: Final = 20_000_000
_TYPES: Final = {Source.CSV: "text/csv; charset=utf-8", Source.TOML: "application/toml; charset=utf-8"}
Content = Annotated[str, Form()]


@router.get("/accounts/import")
def import_page(request: Request, _by: Configurer) -> Response:
    """Where the file goes."""
    return render(request, "pages/accounts/import.html", error="", text="", form=Source.CSV)


@router.post("/accounts/import")
def preview_import(
    request: Request,
    here: Here,
    by: Configurer,
    text: Content = "",
    form: Text = "",
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """What the file would do, row by row; nothing is changed."""
    source = _source(form, file.filename if file else "")
    try:
        content = _content(file, text)
        preview = here.product.importing.preview(content, source)
    except BadInput as error:
        return render(request, "pages/accounts/import.html", 422, error=said(str(error)), text=text, form=source)
    return _preview(request, here, by, preview, content, source)


@router.post("/accounts/import/carry-out")
def carry_import_out(
    request: Request, here: Here, by: Configurer, sealed: Content = "", form: Text = "", digest: Text = ""
) -> Response:
    """Do exactly what the preview showed."""
    source = _source(form, "")
    try:
        content = here.product.drafts.open(by.name, sealed)
        done = here.product.importing.carry_out(content, source, digest, by)
    except Superseded:
        preview = here.product.importing.preview(content, source)
        return _preview(request, here, by, preview, content, source, status=412)
    except BadInput as error:
        return render(request, "pages/accounts/import.html", 422, error=said(str(error)), text="", form=source)
    text = ngettext("Imported: %(num)s entry was added or changed.", "Imported: %(num)s entries were added or changed.", done.changes)  # fmt: skip
    return redirect("/accounts", text)


@router.get("/accounts/samples/{form}")
def import_sample(_by: Reader, form: Source) -> Response:
    """A small file to start from."""
    return _download("".join(sample(form)), f"accounts-sample.{form}", form)


@router.get("/accounts/export")
def export_accounts(here: Here, _by: Reader, wanted: WantedAccounts, form: Source = Source.CSV) -> Response:
    """The accounts that fit the list's filters, without secrets, to be imported again."""
    product = here.product
    names = product.views.account_names(wanted) if written_filter(wanted) else None
    headers = {"Content-Disposition": f'attachment; filename="accounts.{form}"'}
    return StreamingResponse(exported(product.registry, form, names), headers=headers, media_type=_TYPES[form])


def _preview(
    request: Request, here: Portal, by: Actor, preview: Preview, text: str, source: Source, status: int = 200
) -> Response:
    counts = preview.counts
    wrong = [line for line in preview.lines if line.problems]
    moved = [line for line in preview.lines if line.outcome in (Outcome.CREATED, Outcome.CHANGED)]
    return render(
        request,
        "pages/accounts/preview.html",
        status,
        counts={outcome: sum(n for (_kind, one), n in counts.items() if one is outcome) for outcome in Outcome},
        is_sound=preview.is_sound,
        changes=preview.changes,
        problems=[("", problem.line, _told(problem.setting, problem.advice)) for problem in preview.problems]
        + [(line.name, one.line, _told(one.setting, one.advice)) for line in wrong[:_SHOWN] for one in line.problems],
        wrong=len(wrong) + len(preview.problems),
        lines=[(line, _differences(line)) for line in moved[:_SHOWN]],
        sealed=here.product.drafts.seal(by.name, text) if preview.is_sound else "",
        digest=preview.digest,
        form=source,
        is_stale=status == 412,  # noqa: PLR2004 - precondition failed
    )


def _told(name: str, advice: str) -> str:
    return f"{setting(name)} {said(advice)}".strip()


def _differences(line: Line) -> list[tuple[str, object, object]]:
    return [(name, line.before.get(name), value) for name, value in line.after.items()]


def _content(file: UploadFile | None, text: str) -> str:
    """What was uploaded, else what was pasted. Raises: BadInput."""
    if file is None or not file.filename:
        if not text.strip():
            raise BadInput(_("Choose a file, or paste its text."))
        return text
    data = file.file.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise BadInput(_("The file is too large: split it into files of 20 MB at most."))
    return decoded(data)


def _source(form: str, filename: str | None) -> Source:
    """As the file is called, else as was chosen."""
    ending = (filename or "").rpartition(".")[2].lower()
    return next((Source(word) for word in (ending, form) if word in set(Source)), Source.CSV)


def _download(text: str, filename: str, source: Source) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{filename}"'}
    return Response(text, headers=headers, media_type=_TYPES[source])
