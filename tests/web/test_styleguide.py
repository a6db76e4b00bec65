"""Every building block in a real browser: accessible, inside the screen, under the policy, by keyboard, without scripts."""

import pytest
from axe_playwright_python.sync_playwright import Axe

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def page(chrome, frame, request):
    settings = {"viewport": DESKTOP, "color_scheme": "light", "base_url": frame} | getattr(request, "param", {})
    context = chrome.new_context(**settings)
    context.add_cookies([{"name": "as", "value": "administrator", "url": frame}])
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.complaints = []
    page.on("console", lambda message: page.complaints.append(message.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    yield page
    context.close()


LOOKS = [
    {"viewport": size, "color_scheme": scheme, "locale": locale}
    for size, scheme, locale in [
        (DESKTOP, "light", "en-GB"),
        (DESKTOP, "dark", "de-DE"),
        (PHONE, "light", "de-DE"),
        (PHONE, "dark", "en-GB"),
    ]
]


@pytest.mark.parametrize(
    "page",
    LOOKS,
    indirect=True,
    ids=lambda look: f"{look['viewport']['width']}-{look['locale']}-{look['color_scheme']}",
)
def test_all_building_blocks_are_accessible_fit_the_screen_and_keep_to_the_policy(page):
    page.goto("/styleguide")
    results = Axe().run(page).response
    assert [(found["id"], found["nodes"][0]["html"]) for found in results["violations"]] == []
    assert len(results["passes"]) > 20
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert page.complaints == []


def test_nothing_is_loaded_from_elsewhere(page, frame):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/styleguide", wait_until="networkidle")
    assert [url for url in asked if not url.startswith((frame, "data:"))] == []


def test_the_keyboard_reaches_the_content_first(page):
    page.goto("/fails/missing")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_a_dialog_asks_first_and_can_be_left(page):
    page.goto("/styleguide")
    page.get_by_role("link", name="Delete", exact=True).click()
    dialog = page.get_by_role("dialog", name="Delete this profile?")
    assert dialog.is_visible()
    dialog.get_by_role("button", name="Cancel").click()
    assert not dialog.is_visible()
    page.get_by_role("link", name="Delete", exact=True).click()
    page.keyboard.press("Escape")
    assert not dialog.is_visible()


def test_a_menu_closes_by_escape_and_by_a_click_elsewhere(page):
    page.goto("/styleguide")
    summary = page.locator("summary[aria-label='Language and appearance']")
    body = page.locator(".ws-menu-body").first
    summary.click()
    assert body.is_visible()
    page.keyboard.press("Escape")
    assert not body.is_visible()
    summary.click()
    page.locator("h1").click()
    assert not body.is_visible()


@pytest.mark.parametrize("page", [{"viewport": PHONE}], indirect=True)
def test_on_a_phone_the_menu_opens_and_takes_the_focus(page):
    page.goto("/styleguide")
    navigation = page.get_by_role("navigation", name="Main navigation")
    assert not navigation.is_visible()
    page.get_by_role("link", name="Menu").click()
    assert navigation.is_visible()
    assert page.evaluate("document.activeElement.textContent.trim()") == "Close the menu"
    page.keyboard.press("Escape")
    assert not navigation.is_visible()


@pytest.mark.parametrize("page", [{"viewport": PHONE, "java_script_enabled": False}], indirect=True)
def test_without_scripts_the_menu_opens_too_and_no_button_is_shown_that_needs_them(page):
    page.goto("/styleguide")
    page.get_by_role("link", name="Menu").click()
    assert page.get_by_role("navigation", name="Main navigation").is_visible()
    assert not page.get_by_role("button", name="Insert from clipboard").is_visible()


def test_the_clipboard_is_filled_and_read(page):
    page.goto("/styleguide")
    page.get_by_role("button", name="Copy", exact=True).click()
    page.get_by_role("button", name="Copied").wait_for()
    page.get_by_role("button", name="Insert from clipboard").click()
    page.wait_for_function("document.getElementById('key').value === 'ws_0123456789abcdef'")


def test_the_theme_of_the_system_is_followed_unless_one_was_chosen(page, frame):
    def ground():
        page.goto("/styleguide")
        return page.evaluate("getComputedStyle(document.body).backgroundColor")

    light = ground()
    page.emulate_media(color_scheme="dark")
    dark = ground()
    page.context.add_cookies([{"name": "theme", "value": "light", "url": frame}])
    assert light != dark
    assert ground() == light


def test_a_list_is_filtered_while_one_types_and_the_address_says_so(page):
    page.goto("/styleguide?sort=-name&after=x")
    page.get_by_role("searchbox", name="Search a profile").press_sequentially("anna")
    page.wait_for_url("**/styleguide?sort=-name&q=anna&state=")
    assert page.locator("#list").count() == 1
    assert page.complaints == []


@pytest.mark.parametrize("page", [{"java_script_enabled": False}], indirect=True)
def test_a_list_is_filtered_without_scripts_too(page):
    page.goto("/styleguide?sort=-name")
    page.get_by_role("searchbox", name="Search a profile").fill("anna")
    page.get_by_role("button", name="Show", exact=True).click()
    page.wait_for_url("**/styleguide?sort=-name&q=anna&state=")


def test_events_of_the_server_arrive_under_the_policy(page):
    page.goto("/live")
    page.get_by_text("half of it").wait_for()
    assert [line for line in page.complaints if "Content Security Policy" in line] == []
