"""Files of accounts: what spreadsheets write is read, all problems are told at once, and what was previewed is done, whole or not at all."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.account import Account, Direction, Profile, Template
from app.domain.people import Actor, Role, Via
from app.errors import BadInput, Superseded
from app.services.exporting import exported, sample
from app.services.import_file import Source, decoded
from app.services.importing import Importing, Outcome
from tests.adapters.db.test_registry_changes import entries, link_of
from tests.adapters.db.world import account, configure

ADA = Actor(name="ada", role=Role.ADMINISTRATOR, via=Via.PORTAL)
HEAD = "account;email;wice_server;wice_username;wice_password;exchange_server;mailbox;profile\n"
BERND = "bernd;bernd@example.com;main;bernd;geheim;mail;bernd@example.com;Wice\n"


@pytest.fixture
def registry(database):
    configure(database)
    database.registry.save(Template(name="office", direction=Direction.TO_EXCHANGE))
    return database.registry


@pytest.fixture
def importing(registry):
    return Importing(registry, lambda _server: None)


def outcomes(preview):
    return {(line.kind, line.name): line.outcome for line in preview.lines}


def problems(preview):
    told = [*preview.problems, *(problem for line in preview.lines for problem in line.problems)]
    return {(one.line, one.setting, one.advice) for one in told}


def test_a_table_of_new_accounts_is_shown_and_then_stored(importing, registry, engine):
    preview = importing.preview(HEAD + BERND, Source.CSV)
    assert outcomes(preview) == {("account", "bernd"): Outcome.CREATED, ("profile", "bernd/Wice"): Outcome.CREATED}
    assert preview.lines[0].after["wice_password"] == "***"
    assert entries(engine) == []
    importing.carry_out(HEAD + BERND, Source.CSV, preview.digest, ADA)
    assert registry.account("bernd", secrets=True).wice_password == "geheim"
    assert [profile.name for profile in registry.profiles_of_account("bernd")] == ["Wice"]
    assert [entry[:3] for entry in entries(engine)] == [
        ("created", "account", "bernd"),
        ("created", "profile", "bernd/Wice"),
    ]
    assert set(outcomes(importing.preview(HEAD + BERND, Source.CSV)).values()) == {Outcome.CHANGED, Outcome.UNCHANGED}
    assert outcomes(importing.preview((HEAD + BERND).replace("geheim", ""), Source.CSV)) == {
        ("account", "bernd"): Outcome.UNCHANGED,
        ("profile", "bernd/Wice"): Outcome.UNCHANGED,
    }


def test_what_differs_is_shown_and_what_is_not_named_stays(importing, registry):
    text = "account,email\nanna,new@example.com\n"
    preview = importing.preview(text, Source.CSV)
    [line] = preview.lines
    assert (line.line, line.before, line.after) == (2, {"email": "anna@example.com"}, {"email": "new@example.com"})
    importing.carry_out(text, Source.CSV, preview.digest, ADA)
    changed = registry.account("anna", secrets=True)
    assert (changed.email, changed.wice_password, changed.active) == ("new@example.com", "anna-secret", True)


def test_several_profiles_of_one_account_have_a_line_each(importing):
    text = (
        HEAD.rstrip("\n")
        + ";contacts_folder;calendar_folder\n"
        + BERND.rstrip("\n")
        + ";;\n"
        + "bernd;;;;;;;Kunden;Contacts/Kunden;Kunden\n"
    )
    preview = importing.preview(text, Source.CSV)
    assert preview.is_sound
    assert list(outcomes(preview)) == [("account", "bernd"), ("profile", "bernd/Wice"), ("profile", "bernd/Kunden")]


def test_all_problems_are_told_at_once_with_their_lines(importing):
    text = (
        HEAD
        + "bernd;;nowhere;b;;mail;no address;Wice\n"
        + ";;;;;;;x\n"
        + "carl;c@example.com;main;c;env:HOME;mail;c@example.com;a/b\n"
        + "carl;other@example.com;;;;;;Second;zu;viel\n"
        + "carl;other@example.com;;;;;;Second\n"
    )
    preview = importing.preview(text, Source.CSV)
    assert problems(preview) == {
        (2, "wice_server", "does not exist"),
        (2, "wice_password", "must not be empty"),
        (2, "mailbox", "is no e-mail address, such as anna@example.com"),
        (3, "account", "is missing"),
        (4, "wice_password", "must be the secret itself: env: and file: are for set-up files on the server only"),
        (4, "name", "must not hold a slash: account/profile names a profile"),
        (5, "", "has 10 cells, but there are 8 columns"),
        (6, "email", "differs from the first line of this account"),
    }
    with pytest.raises(BadInput):
        importing.carry_out(text, Source.CSV, preview.digest, ADA)


def test_R43_folders_that_two_profiles_would_share_are_a_problem(importing):
    text = HEAD + BERND.replace("bernd@example.com;Wice", "ANNA@example.com;Wice")
    told = {(setting, advice) for _, setting, advice in problems(importing.preview(text, Source.CSV))}
    advice = "is used by anna/anna already; give each profile a folder of its own"
    assert told == {("contacts_folder", advice), ("calendar_folder", advice)}


def test_R35_what_is_locked_is_a_problem(importing, registry, database):
    link_of(database, registry.profile_of("anna", "anna").id, 1)
    preview = importing.preview("account,mailbox\nanna,other@example.com\n", Source.CSV)
    assert [(one.setting, one.advice[:9]) for one in preview.lines[0].problems] == [("mailbox", "is locked")]


def test_an_unknown_column_says_what_was_meant(importing):
    [problem] = importing.preview("account;mailbx\nanna;x\n", Source.CSV).problems
    assert (problem.line, problem.advice) == (1, 'there is no setting "mailbx"; did you mean mailbox?')


@pytest.mark.parametrize(
    "text", ["", "\n\n", 'account;email\n"anna;x\n', "\ufeff"], ids=["empty", "blank", "open quotes", "mark only"]
)
def test_a_table_that_cannot_be_read_is_refused(importing, text):
    with pytest.raises(BadInput):
        importing.preview(text, Source.CSV)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_tables_are_read_however_spreadsheets_save_them(importing, encoding, delimiter):
    text = (HEAD + BERND.replace("bernd;", "Börnd;", 1)).replace(";", delimiter).replace("\n", "\r\n")
    assert ("account", "Börnd") in outcomes(importing.preview(decoded(text.encode(encoding)), Source.CSV))


def test_a_set_up_file_is_imported_with_line_numbers(importing, registry):
    text = (
        "# new\n[[account]]\n"
        'name = "bernd"\nemail = "b@example.com"\nwice_server = "main"\nwice_username = "b"\nwice_password = "geheim"\n'
        'exchange_server = "mail"\nmailbox = "b@example.com"\n'
        '[[account.profile]]\nname = "Wice"\ntemplate = "office"\n'
        '[[account]]\nname = "anna"\nmailboxx = "a"\n'
    )
    assert problems(importing.preview(text, Source.TOML)) == {
        (13, "mailboxx", 'there is no setting "mailboxx"; did you mean mailbox?')
    }
    sound = text.replace('mailboxx = "a"\n', "")
    importing.carry_out(sound, Source.TOML, importing.preview(sound, Source.TOML).digest, ADA)
    profile = registry.profile_of("bernd", "Wice")
    assert (profile.template, profile.direction) == ("office", Direction.TO_EXCHANGE)
    with pytest.raises(BadInput, match="no valid TOML"):
        importing.preview("[[account]", Source.TOML)


def test_a_template_decides_alone(importing, registry):
    head = "account;profile;template;direction;window_past_days\n"
    told = problems(importing.preview(head + "anna;anna;office;both;\n", Source.CSV))
    assert told == {(2, "direction", "comes from the template: leave it out, or the template")}
    assert problems(importing.preview(head + "anna;anna;none;;\n", Source.CSV)) == {(2, "template", "does not exist")}
    text = head + "anna;anna;office;;\n"
    importing.carry_out(text, Source.CSV, importing.preview(text, Source.CSV).digest, ADA)
    assert registry.profile_of("anna", "anna").direction is Direction.TO_EXCHANGE


def test_what_was_changed_meanwhile_is_shown_anew_before_anything_is_stored(importing, registry):
    text = "account,email\nanna,new@example.com\n"
    digest = importing.preview(text, Source.CSV).digest
    registry.save(replace(registry.account("anna"), wice_username="other"), ADA)
    with pytest.raises(Superseded):
        importing.carry_out(text, Source.CSV, digest, ADA)
    with pytest.raises(Superseded):
        importing.carry_out(text + "bernd,b@example.com\n", Source.CSV, digest, ADA)
    assert registry.account("anna").email == "anna@example.com"


@pytest.mark.parametrize("source", Source)
def test_the_sample_can_be_imported(importing, registry, source):
    registry.remove(registry.account("anna"))
    preview = importing.preview("".join(sample(source)), source)
    assert preview.is_sound
    assert preview.counts == {("account", Outcome.CREATED): 2, ("profile", Outcome.CREATED): 2}


NAMES = st.text(st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="/"), min_size=1, max_size=20).filter(
    lambda name: name == name.strip() and name not in {"new", "import", "export", "many", "samples", ".", ".."}
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=NAMES, profile=NAMES, login=NAMES, folder=NAMES, source=st.sampled_from(list(Source)))
def test_what_is_exported_and_imported_again_changes_nothing(registry, importing, name, profile, login, folder, source):
    registry.save(account(name, mailbox="x@example.com", wice_username=login, email="y@example.com"), ADA)
    registry.save(Profile(account=name, name=profile, contacts_folder=folder, calendar_folder=folder), ADA)
    text = decoded("".join(exported(registry, source)).encode())
    preview = importing.preview(text, source)
    assert preview.is_sound
    assert set(outcomes(preview).values()) == {Outcome.UNCHANGED}
    assert "secret" not in text
    registry.remove(Account(name=name, wice_server="main", wice_username="", exchange_server="mail", mailbox=""), ADA)


def test_a_cell_that_a_spreadsheet_would_take_for_a_formula_is_disarmed(registry, importing):
    registry.save(account("=cmd()", mailbox="x@example.com"), ADA)
    text = "".join(exported(registry, Source.CSV, ["=cmd()"]))
    assert "'=cmd()" in text
    assert list(outcomes(importing.preview(decoded(text.encode()), Source.CSV))) == [("account", "=cmd()")]
