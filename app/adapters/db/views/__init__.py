"""Lists and the overview: `SqlViews` is all of it; `health` says how an account is, `paging` how lists are cut. `SqlRunViews`: one run in full."""

from app.adapters.db.views.gauges import SqlGauges
from app.adapters.db.views.run_views import SqlRunViews
from app.adapters.db.views.views import SqlViews

__all__ = ["SqlGauges", "SqlRunViews", "SqlViews"]
