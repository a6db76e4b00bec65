"""The bench of the pages, small: every address that it measures is a page."""

from app.adapters.db.session import open_engine
from app.bootstrap import opened
from app.settings import Settings
from bench.pages import browser_of, measured, pages
from bench.seed import seed


def test_every_page_that_is_measured_exists_and_tells_its_time(tmp_path):
    settings = Settings(home=tmp_path)
    with opened(settings) as product:
        engine = open_engine(settings)
        seed(engine, 600)
        engine.dispose()
        with browser_of(product, settings) as browser:
            found = list(pages(browser))
            assert any(address.startswith("/runs?after=") for address in found), "far into a list"
            assert all(measured(browser, address, rounds=1) > 0 for address in found)
        with browser_of(product, settings) as browser:
            assert measured(browser, "/", rounds=1) > 0, "its administrator is there already"
