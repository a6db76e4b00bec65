"""Lists and the overview: `SqlViews` is all of it; `health` says how an account is, `paging` how lists are cut."""

from app.adapters.db.views.views import SqlViews

__all__ = ["SqlViews"]
