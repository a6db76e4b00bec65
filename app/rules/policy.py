"""What the engine looks at of a profile. A value, so that a plan is a pure function of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.domain.account import CompanyData, Conflict, Direction, PrivateAppointments, Profile, TargetChanges
from app.domain.sync import Side


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Direction (R21), who wins (R22), what becomes of changes at a one-way target (R23), company data (R10), private
    appointments (R19), window (R20).
    """

    direction: Direction = Direction.BOTH
    conflict: Conflict = Conflict.WICE
    target_changes: TargetChanges = TargetChanges.OVERWRITE
    company_data: CompanyData = CompanyData.RESTORE
    private_appointments: PrivateAppointments = PrivateAppointments.CONTENT
    window_start: date | None = None

    @classmethod
    def of(cls, profile: Profile, today: date) -> Policy:
        """The policy of `profile` on the day `today`."""
        return cls(
            direction=profile.direction,
            conflict=profile.conflict,
            target_changes=profile.target_changes,
            company_data=profile.company_data,
            private_appointments=profile.private_appointments,
            window_start=profile.window_start(today),
        )

    @property
    def winner(self) -> Side:
        """The side whose version stands: the source of a one-way profile, else the conflict's winner (R22)."""
        target = self.direction.target
        if target is not None:
            return target.other
        return Side.WICE if self.conflict is Conflict.WICE else Side.EXCHANGE

    def may_write(self, side: Side) -> bool:
        """A one-way profile writes its target only (R21)."""
        return self.direction.target in (None, side)

    def picks_up(self, last_day: date | None) -> bool:
        """Does something that ends on `last_day` lie in the window? Contacts have no day and always do (R20)."""
        return last_day is None or self.window_start is None or last_day >= self.window_start
