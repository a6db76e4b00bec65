"""Companies that Wice does not know yet (R6): founded once for all persons of a plan who need one, with a contact of its own in Exchange (R5).

An action that needs one names it `new:<key>`. Namesakes in different places are different companies.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from app.domain.contact import Contact
from app.domain.fingerprint import company_key, differences
from app.domain.ids import LinkId
from app.domain.plan import Action, Hint, HintReason, Op, PlannedWrite, Reason
from app.domain.sync import Side
from app.ports import Company
from app.rules import merge
from app.rules.companies import candidates
from app.rules.policy import Policy

NEW = "new:"


def new_company(name: str) -> str:
    """What a planned write says instead of a company's id while nobody has founded it."""
    return f"{NEW}{company_key(name)}"


@dataclass
class _Founded:
    """A company of this plan; `brought` by a company's own contact, or founded for persons."""

    key: str
    contact: Contact
    brought: bool

    def candidate(self) -> Company:
        """As if it stood in Wice already."""
        contact = self.contact
        return Company(self.key, contact.company_name, contact.company_zip_code, contact.company_town, {})


class Founding:
    """All companies that one plan creates in Wice."""

    def __init__(self, policy: Policy, new_link: Callable[[], LinkId]) -> None:
        self._policy = policy
        self._new_link = new_link
        self._founded: defaultdict[str, list[_Founded]] = defaultdict(list)
        self.hints: list[Hint] = []

    def complete(self, actions: Sequence[Action]) -> list[Action]:
        """`actions` with the creations of the companies that they need, each person completed by what its company then shows."""
        for action in actions:
            if action.creates_company:
                self._founded[action.creates_company].append(_Founded(action.creates_company, _contact(action), True))
        homes = {action.key: self._home(action) for action in actions if _needs_company(action)}
        joined = [self._joined(action, homes[action.key]) if action.key in homes else action for action in actions]
        return [action for action in joined if action is not None] + self._creations(actions)

    def _home(self, action: Action) -> _Founded | None:
        """The company of this plan that a person belongs to; None: there are several, and nobody guesses."""
        contact = _contact(action)
        namesakes = self._founded[company_key(contact.company_name)]
        fitting = {company.id for company in candidates(contact, [founded.candidate() for founded in namesakes])}
        homes = [founded for founded in namesakes if founded.key in fitting]
        if len(homes) > 1:
            end = action.exchange
            reason = HintReason.AMBIGUOUS_COMPANY
            self.hints.append(
                Hint(reason, action.label, Side.EXCHANGE, end.id if end else "", contact.company_name),
            )
            return None
        if not homes:
            homes = [_Founded(_nth_key(contact.company_name, len(namesakes)), merge.company_contact(contact), False)]
            namesakes += homes
        elif not homes[0].brought:
            homes[0].contact = merge.company_contact(homes[0].contact, contact)
        return homes[0]

    def _joined(self, action: Action, home: _Founded | None) -> Action | None:
        if home is None:
            return None
        present = next((write.before for write in action.writes if write.side is Side.EXCHANGE), None)
        ours = next(write for write in action.writes if write.side is Side.WICE)
        shown = {name: getattr(home.contact, name) for name in merge.PERSONS_COMPANY_FIELDS}
        record = merge.joined_to_company(_contact(action), shown)
        before = present or _contact(action)
        writes = [replace(ours, record=record, company=f"{NEW}{home.key}")]
        if self._policy.may_write(Side.EXCHANGE) and merge.must_write(Side.EXCHANGE, record, before):
            writes.append(PlannedWrite(side=Side.EXCHANGE, op=Op.CHANGE, record=record, before=before))
        fields = {*action.fields, *differences(record, before)}
        return replace(action, writes=tuple(writes), fields=tuple(sorted(fields)))

    def _creations(self, actions: Sequence[Action]) -> list[Action]:
        kinds = {action.kind for action in actions}
        return [
            Action(
                key=f"company:{founded.key}",
                kind=kind,
                link=self._new_link(),
                reason=Reason.COMPANY_OF_NEW_PERSON,
                label=founded.contact.label,
                writes=tuple(
                    PlannedWrite(side=side, op=Op.ADD, record=founded.contact)
                    for side in (Side.WICE, Side.EXCHANGE)
                    if self._policy.may_write(side)
                ),
                creates_company=founded.key,
            )
            for namesakes in self._founded.values()
            for founded in namesakes
            for kind in kinds
            if not founded.brought
        ]


def _needs_company(action: Action) -> bool:
    return any(write.company.startswith(NEW) for write in action.writes)


def _contact(action: Action) -> Contact:
    """What an action writes to Wice."""
    record = next(write.record for write in action.writes if write.side is Side.WICE)
    if not isinstance(record, Contact):
        raise TypeError("only a contact has a company")
    return record


def _nth_key(name: str, number: int) -> str:
    """Namesakes are numbered; no name's own key holds a bracket."""
    return f"{company_key(name)} ({number + 1})" if number else company_key(name)
