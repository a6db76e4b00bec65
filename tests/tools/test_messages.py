"""The tool that keeps the German catalogues."""

import pytest

from tools import messages

PAGE = '{{ _("One") }} {{ ngettext("%(num)s run", "%(num)s runs", n) }} {% if x %}{{ _("Shared") }}{% endif %}'
MODULE = 'TABLE = {"a": N_("Of a table")}\n\n\ndef f():\n    return _("Shared")\n'


@pytest.fixture
def tree(tmp_path):
    (tmp_path / "templates/pages/runs").mkdir(parents=True)
    (tmp_path / "templates/base.html").write_text('{{ _("Frame") }}')
    (tmp_path / "templates/pages/runs/list.html").write_text(PAGE)
    (tmp_path / "app/web").mkdir(parents=True)
    (tmp_path / "app/web/runs.py").write_text(MODULE)
    (tmp_path / "app/web/badges.py").write_text('N_("badge")\n')
    (tmp_path / "de").mkdir()
    return tmp_path


def update(tree, *areas):
    return messages.update(areas, tree, tree / "de")


def texts(tree, area):
    return sorted(m.id if isinstance(m.id, str) else m.id[0] for a, m in messages.translated(tree / "de") if a == area)


def test_new_texts_go_into_their_areas_catalogue(tree):
    missing = update(tree)
    assert texts(tree, "runs") == ["%(num)s run", "Of a table", "One", "Shared"]
    assert texts(tree, "common") == ["Frame", "badge"]
    assert "runs: One" in missing


def test_translations_stay_and_unused_texts_go(tree):
    update(tree)
    file = tree / "de/runs.po"
    file.write_text(file.read_text().replace('msgid "One"\nmsgstr ""', 'msgid "One"\nmsgstr "Eins"'))
    (tree / "app/web/runs.py").write_text("")
    update(tree)
    assert 'msgstr "Eins"' in file.read_text()
    assert "Of a table" not in texts(tree, "runs")


def test_one_area_can_be_brought_up_to_date_without_touching_the_others(tree):
    update(tree, "runs")
    assert [file.name for file in (tree / "de").iterdir()] == ["runs.po"]


def test_a_text_that_several_areas_use_stands_once_and_stays_where_it_is(tree):
    update(tree, "runs")
    (tree / "templates/pages/accounts.html").write_text('{{ _("Shared") }}')
    update(tree)
    assert "Shared" in texts(tree, "runs")
    assert not (tree / "de/accounts.po").exists()


def test_a_second_run_changes_nothing(tree):
    update(tree)
    before = {file.name: file.read_bytes() for file in (tree / "de").iterdir()}
    update(tree)
    assert {file.name: file.read_bytes() for file in (tree / "de").iterdir()} == before


def test_a_template_that_cannot_be_read_is_not_passed_over(tree):
    (tree / "templates/pages/broken.html").write_text("{% if %}")
    with pytest.raises(Exception, match="Expected an expression"):
        update(tree)
