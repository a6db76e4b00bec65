"""Secrets at rest: only their own row opens them, keys come from where the settings say, and rotation brings all to the first key."""

import base64
import stat
import threading

import pytest
from pydantic import SecretStr
from sqlalchemy import select, update

from app.adapters.db import open_database
from app.adapters.db.keys import load_secrets
from app.adapters.db.rotation import Rotation
from app.adapters.db.secrets import Place, Secrets
from app.adapters.db.tables import accounts, exchange_servers, wice_servers
from app.errors import BadInput, Halt
from tests.adapters.db.world import MAIL, account, configure

OLD, NEW = (base64.b64encode(bytes([fill]) * 32).decode() for fill in (1, 2))
HERE = Place("accounts", 1, "wice_password")


def keyed(settings, keys):
    return settings.model_copy(update={"secret_keys": SecretStr(keys)})


def ring(*names: str) -> Secrets:
    return Secrets({name: name.encode() * 32 for name in names})


def test_a_secret_opens_in_its_place_and_looks_different_every_time():
    secrets = ring("a")
    sealed = {secrets.seal(HERE, "pä:ss") for _ in range(3)}
    assert len(sealed) == 3
    assert {secrets.open(HERE, one) for one in sealed} == {"pä:ss"}
    assert all(one.startswith("a:") for one in sealed)
    assert secrets.seal(HERE, "") == secrets.open(HERE, "") == ""


@pytest.mark.parametrize(
    "place", [HERE._replace(row=2), HERE._replace(column="exchange_password"), HERE._replace(table="profiles")]
)
def test_a_secret_of_another_place_does_not_open(place):
    with pytest.raises(Halt, match="comes from another row"):
        ring("a").open(place, ring("a").seal(HERE, "secret"))


@pytest.mark.parametrize("stored", ["a:", "a:AAAA", "a:not base64", "a:ä"])
def test_a_damaged_secret_is_a_clear_error(stored):
    with pytest.raises(Halt, match="cannot be decrypted"):
        ring("a").open(HERE, stored)


def test_a_missing_key_is_named():
    with pytest.raises(Halt, match=r"key 'a'.*WICE_SYNC_SECRET_KEYS \(b, c\)"):
        ring("b", "c").open(HERE, ring("a").seal(HERE, "secret"))


def test_a_key_file_is_created_once_private_and_the_same_for_all(empty_settings):
    made: list[Secrets] = []
    starts = [threading.Thread(target=lambda: made.append(load_secrets(empty_settings))) for _ in range(8)]
    for start in starts:
        start.start()
    for start in starts:
        start.join()
    assert stat.S_IMODE(empty_settings.key_file.stat().st_mode) == 0o600
    assert [path.name for path in empty_settings.home.iterdir() if "key" in path.name] == ["secret.key"]
    sealed = made[0].seal(HERE, "secret")
    assert {secrets.open(HERE, sealed) for secrets in made} == {"secret"}


def test_keys_are_read_from_a_named_file(empty_settings, tmp_path):
    file = tmp_path / "keys"
    file.write_text(f"new:{NEW}\nold:{OLD}\n", encoding="ascii")
    assert load_secrets(keyed(empty_settings, f"file:{file}")).first == "new"
    assert not empty_settings.key_file.exists()


@pytest.mark.parametrize("keys", ["x", "x:AAAA", f":{OLD}", f"x:{OLD},x:{NEW}", ",", "file:missing", "x:é"])
def test_unusable_keys_say_what_to_give_and_never_show_themselves(empty_settings, keys):
    with pytest.raises(BadInput, match=r"key") as refusal:
        load_secrets(keyed(empty_settings, keys))
    assert OLD not in str(refusal.value)


def test_no_secret_stands_in_the_database_in_plain(database, engine):
    configure(database)
    with engine.connect() as connection:
        stored = [
            connection.execute(select(*columns)).all() for columns in (wice_servers.c, exchange_servers.c, accounts.c)
        ]
    for secret in ("wice-key", "mail-secret", "anna-secret"):
        assert secret not in str(stored)


def test_a_secret_copied_into_another_row_does_not_open(database, engine):
    configure(database, "anna", "bernd")
    with engine.begin() as connection:
        stolen = connection.execute(select(accounts.c.wice_password).where(accounts.c.name == "anna")).scalar()
        connection.execute(update(accounts).where(accounts.c.name == "bernd").values(wice_password=stolen))
    assert database.registry.profile("anna")[1].wice_password == "anna-secret"
    with pytest.raises(Halt, match="another row"):
        database.registry.profile("bernd")


def test_rotation_brings_all_rows_to_the_first_key(settings):
    with open_database(keyed(settings, f"old:{OLD}")) as database:
        configure(database, *(f"person{number}" for number in range(250)))
    with open_database(keyed(settings, f"new:{NEW},old:{OLD}")) as database:
        database.registry.save(account("anna"))
        assert database.rotate_secrets() == Rotation(key="new", rotated=252, current=1)
        assert database.rotate_secrets() == Rotation(key="new", rotated=0, current=253)
    with open_database(keyed(settings, f"new:{NEW}")) as database:
        assert database.registry.exchange_servers() == [MAIL]
        assert {one.wice_password for one in database.registry.accounts()} >= {"anna-secret", "person249-secret"}


def test_rotation_stops_at_an_unreadable_secret_and_can_go_on(settings):
    with open_database(keyed(settings, f"old:{OLD}")) as database:
        configure(database)
    with open_database(keyed(settings, f"new:{NEW}")) as database:
        with pytest.raises(Halt, match="'old'"):
            database.rotate_secrets()
        database.registry.save(account("anna", wice_password="given anew"))  # needs no old key
        assert [one.wice_password for one in database.registry.accounts()] == ["given anew"]
    with open_database(keyed(settings, f"new:{NEW},old:{OLD}")) as database:
        assert database.rotate_secrets() == Rotation(key="new", rotated=2, current=1)
