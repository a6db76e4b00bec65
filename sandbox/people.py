"""Who can sign in where: the same people on both sides, made from their number alone (contract.md, Sandbox)."""

from dataclasses import dataclass

MANDANT = "example"
TIME_ZONE = "Europe/Berlin"
API_KEY: str | None = None

FIRST_EMPLOYEE_ROWID = 1001

_NAMES = (
    ("anna", "Anna", "Albrecht"),
    ("bernd", "Bernd", "Brandt"),
    ("clara", "Clara", "Clausen"),
    ("david", "David", "Dietz"),
    ("eva", "Eva", "Ebert"),
    ("florian", "Florian", "Fuchs"),
    ("greta", "Greta", "Günther"),
    ("hannes", "Hannes", "Hoffmann"),
    ("ida", "Ida", "Iversen"),
    ("juergen", "Jürgen", "Jäger"),
    ("katrin", "Katrin", "Köhler"),
    ("lukas", "Lukas", "Lorenz"),
    ("maria", "Maria", "Möller"),
    ("nils", "Nils", "Neumann"),
    ("olga", "Olga", "Otto"),
    ("paul", "Paul", "Peters"),
    ("rosa", "Rosa", "Richter"),
    ("stefan", "Stefan", "Schäfer"),
    ("tina", "Tina", "Thiel"),
    ("uwe", "Uwe", "Urban"),
    ("vera", "Vera", "Voß"),
    ("wolfgang", "Wolfgang", "Weiß"),
    ("xaver", "Xaver", "Xanten"),
    ("yvonne", "Yvonne", "Yilmaz"),
    ("zoe", "Zoé", "Ziegler"),
)


@dataclass(frozen=True)
class Person:
    """An employee in Wice (`username`, `password`) who has a mailbox in Exchange (`mailbox`, `mailbox_password`)."""

    username: str
    password: str
    email: str
    mailbox: str
    mailbox_password: str
    firstname: str
    name: str
    employee_rowid: str


@dataclass(frozen=True)
class Service:
    """An Exchange login that may impersonate every mailbox."""

    username: str
    password: str


SERVICE = Service("svc@example.com", "dienst-geheim")


def people(n: int = 3) -> tuple[Person, ...]:
    """The first `n` people; the first is anna@example.com. Once names run out they are numbered: anna2, bernd2, ..."""
    return tuple(_person(position) for position in range(n))


def _person(position: int) -> Person:
    lap, index = divmod(position, len(_NAMES))
    username, firstname, name = _NAMES[index]
    if lap:
        username, name = f"{username}{lap + 1}", f"{name} {lap + 1}"
    email = f"{username}@example.com"
    return Person(
        username=username,
        password=f"wice-{username}",
        email=email,
        mailbox=email,
        mailbox_password=f"post-{username}",
        firstname=firstname,
        name=name,
        employee_rowid=str(FIRST_EMPLOYEE_ROWID + position),
    )
