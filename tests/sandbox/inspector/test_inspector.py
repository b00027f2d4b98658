"""The inspector in a real browser: what it shows, what it can do, and what it blocks."""

import json
import re

import pytest
from sandbox_browser import Browser
from sandbox_process import CREATE_ORDER
from sandbox_talk import PATH, TOKEN, URLENCODED, Talk, encode
from spot_sandbox import SpotSandbox

JSON = "application/json"
PAGE = "/_sandbox/"
HOSTILE = "<img src=x onerror=window.hacked=1><script>window.hacked=1</script>"


@pytest.fixture(scope="module")
def browser():
    running = Browser()
    yield running
    running.close()


@pytest.fixture
def talk():
    with SpotSandbox(token=TOKEN, document=CREATE_ORDER) as sandbox:
        yield Talk(int(sandbox.url.rpartition(":")[2]))


def show(browser, talk, **options):
    """Open the window of a server; it is live when this returns."""
    browser.open(f"http://127.0.0.1:{talk.port}{PAGE}", **options)
    browser.until("document.querySelector('#state').textContent === 'live'")


def rows(browser, many):
    browser.until(f"document.querySelectorAll('.row').length === {many}")
    return browser.ask("[...document.querySelectorAll('.row')].map((row) => row.innerText)")


def detail(browser):
    return browser.ask("document.querySelector('#detail').innerText")


def orders(talk):
    return json.loads(talk.call(method="GET", path=f"{PAGE}api/orders").body)


class TestShows:
    def test_what_arrives_appears_by_itself(self, browser, talk):
        show(browser, talk)
        browser.until("document.querySelector('#nothing-title').textContent === 'No requests yet'")
        talk.place(talk.draft({"recipient.first_name": "Marcel", "recipient.last_name": "Dupré"}))
        [row] = rows(browser, 1)
        assert "Order O1000001" in row
        assert "Marcel Dupré" in row
        talk.call(b"{}")
        refused, _ = rows(browser, 2)
        assert "400" in refused
        assert "Nothing was placed" in refused
        assert "The recipient field is required" in refused

    def test_what_was_there_before_is_shown(self, browser, talk):
        for _ in range(3):
            talk.place(talk.draft())
        show(browser, talk)
        assert [re.search(r"O\d+", row)[0] for row in rows(browser, 3)] == ["O1000003", "O1000002", "O1000001"]
        browser.click("#tab-orders")
        browser.until("document.querySelector('.row').innerText.includes('Alice Smith')")
        assert len(rows(browser, 3)) == 3

    def test_one_request_is_shown_whole(self, browser, talk):
        body = encode(talk.draft({"recipient.street": "Rue Sainte-Catherine"}), URLENCODED, "dotted")
        talk.call(body, URLENCODED, headers=[("X-Request-Id", "abc-123")])
        show(browser, talk)
        rows(browser, 1)
        browser.click(".row")
        text = detail(browser)
        for part in (
            "Order O1000001 was placed",
            "Answered with 201",
            f"POST {PATH}",
            "x-request-id",
            "abc-123",
            "recipient.street = Rue Sainte-Catherine",
            '"order_id": "O1000001"',
            "Token ***",
        ):
            assert part in text
        assert TOKEN not in browser.ask("document.documentElement.outerHTML")

    def test_order_leads_to_its_request_and_back(self, browser, talk):
        talk.place(talk.draft())
        show(browser, talk)
        rows(browser, 1)
        browser.click(".row")
        browser.click("#detail .link")
        assert "As stored" in detail(browser)
        assert "123 Main St, Apt 1, Springfield, IL, 62704, US" in detail(browser)
        browser.click("#detail .link")
        assert "Answered with 201" in detail(browser)

    def test_numbers_of_a_body_are_shown_as_they_were_sent(self, browser, talk):
        body = encode(talk.draft(), JSON, "json").replace(b'"note"', b'"exact": 1.10e400, "note"')
        assert talk.call(body).status == 201
        show(browser, talk)
        rows(browser, 1)
        browser.click(".row")
        assert '"exact": 1.10e400' in detail(browser)
        browser.click("#tab-orders")
        rows(browser, 1)
        browser.click(".row")
        assert '"exact": 1.10e400' in detail(browser)

    def test_burst_is_counted_to_the_last(self, browser, talk):
        show(browser, talk)
        for _ in range(400):
            assert talk.call(b"{}").status == 400
        browser.until("document.querySelector('#request-count').textContent === '400'")
        assert len(rows(browser, 150)) == 150
        browser.ask("document.querySelector('#older').click()")
        rows(browser, 300)

    def test_server_that_comes_back_is_shown_anew(self, browser, start):
        process = start()
        talk = Talk(process.port)
        talk.place(talk.draft())
        talk.place(talk.draft())
        show(browser, talk)
        rows(browser, 2)
        process.kill()
        browser.until("document.querySelector('#state').textContent !== 'live'")
        again = Talk(start("--port", talk.port).port)
        again.call(b"{}")
        [row] = rows(browser, 1)
        assert "400" in row


class TestDoes:
    def test_search_requires_every_word(self, browser, talk):
        for name in ("Marcel", "Zoë", "Grace"):
            talk.place(talk.draft({"recipient.first_name": name, "metadata": {"study": f"of {name}"}}))
        show(browser, talk)
        rows(browser, 3)
        browser.press("/")
        browser.type("zoË smith")
        [row] = rows(browser, 1)
        assert "Zoë" in row
        browser.type(" nobody")
        browser.until("document.querySelector('#nothing-title').textContent === 'Nothing matches'")
        browser.press("Escape")
        rows(browser, 3)

    def test_armed_scenario_is_met_and_shown(self, browser, talk):
        show(browser, talk)
        browser.press("s")
        browser.until("document.querySelector('#scenario-name').value === 'drop after commit'")
        assert "A valid order exists afterwards." in browser.text()
        browser.click("#scenario .primary")
        browser.until("document.querySelector('#armed').innerText.includes('drop after commit')")
        browser.click("#scenario .close")
        with pytest.raises(OSError, match=r"closed|reset"):
            talk.call(encode(talk.draft(), JSON, "json"))
        [row] = rows(browser, 1)
        assert "Order O1000001" in row
        assert "The connection was closed before the answer" in row
        assert [each["order_id"] for each in orders(talk)] == ["O1000001"]
        browser.until("document.querySelector('#armed-count').hidden")
        talk.place(talk.draft())

    def test_scenario_that_cannot_be_armed_says_why(self, browser, talk):
        show(browser, talk)
        browser.press("s")
        browser.until("document.querySelector('#scenario-name').options.length > 5")
        browser.ask("document.querySelector('#scenario-name').value = 'refuse connection'")
        browser.click("#scenario .primary")
        browser.until("document.querySelector('#scenario-error').innerText.includes('seconds')")

    def test_armed_scenarios_are_disarmed(self, browser, talk):
        talk.call(json.dumps({"scenario": "503", "times": 5}).encode(), path=f"{PAGE}api/scenarios")
        show(browser, talk)
        browser.until("document.querySelector('#armed-count').textContent === '1'")
        browser.press("s")
        browser.click("#scenario-clear")
        browser.until("document.querySelector('#armed-count').hidden")
        talk.place(talk.draft())

    def test_reset_needs_confirmation_and_deletes_everything(self, browser, talk):
        talk.place(talk.draft())
        show(browser, talk)
        rows(browser, 1)
        browser.click(".row")
        browser.click("#open-reset")
        browser.click("#reset .close")
        assert len(orders(talk)) == 1
        browser.click("#open-reset")
        browser.click("#reset .danger")
        rows(browser, 0)
        assert orders(talk) == []
        assert "canary" not in browser.ask("document.documentElement.outerHTML")
        talk.place(talk.draft())
        assert "O1000002" in rows(browser, 1)[0]


class TestReach:
    """Keyboard, small screens, light and dark."""

    def test_keyboard_alone_is_enough(self, browser, talk):
        for _ in range(3):
            talk.place(talk.draft())
        show(browser, talk)
        rows(browser, 3)
        browser.press("j")
        assert "O1000003" in detail(browser)
        browser.press("j")
        assert "O1000002" in detail(browser)
        browser.press("k")
        browser.press("o")
        browser.press("j")
        assert "As stored" in detail(browser)
        browser.ask("document.querySelector('#rows').focus()")
        browser.press("ArrowDown")
        assert "Order O1000002" in detail(browser)
        browser.press("Enter")
        assert browser.ask("document.activeElement.id") == "detail"
        browser.press("Escape")
        assert browser.ask("document.activeElement.id") == "rows"
        assert browser.ask("document.querySelector('#rows').getAttribute('aria-activedescendant')") == (
            browser.ask("document.querySelector('.row[aria-selected=true]').id")
        )

    @pytest.mark.parametrize("wide", [320, 390])
    def test_phone_shows_one_thing_at_a_time(self, browser, talk, wide):
        talk.place(talk.draft({"recipient.first_name": "x" * 100, "kit_types": ["x" * 300]}))
        show(browser, talk, wide=wide, high=700)
        rows(browser, 1)
        fits = "document.documentElement.scrollWidth <= innerWidth"
        assert browser.ask(fits)
        assert not browser.ask("document.querySelector('#detail').checkVisibility()")
        browser.click(".row")
        browser.until("document.querySelector('#detail').checkVisibility()")
        assert browser.ask(fits)
        assert not browser.ask("document.querySelector('.list').checkVisibility()")
        browser.click(".back")
        assert browser.ask("document.querySelector('.list').checkVisibility()")

    @pytest.mark.parametrize("dark", [False, True])
    def test_text_contrasts_with_its_background(self, browser, talk, dark):
        talk.place(talk.draft())
        talk.call(b"{}")
        talk.call(b"{}", authorization=None)
        show(browser, talk, dark=dark)
        rows(browser, 3)
        browser.click(".row")
        weak = browser.ask(CONTRAST)
        assert weak == []
        ground = browser.ask("getComputedStyle(document.body).backgroundColor")
        assert (sum(map(int, re.findall(r"\d+", ground))) < 200) == dark


# The texts whose contrast with the background is below 4.5 (WCAG 2.1, 1.4.3).
CONTRAST = """
(() => {
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const numbers = (color) => color.match(/[\\d.]+/g).map(Number);
  const ground = (node) => {
    for (; node; node = node.parentElement) {
      const color = numbers(getComputedStyle(node).backgroundColor);
      if (color.length === 3 || color[3] === 1) return color;
    }
    return [255, 255, 255];
  };
  const texts = [...document.querySelectorAll('body *')].filter((node) => node.checkVisibility()
    && [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim()));
  return texts.map((node) => {
    const [a, b] = [light(numbers(getComputedStyle(node).color)), light(ground(node))];
    return [node.className || node.tagName, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)];
  }).filter(([, ratio]) => ratio < 4.5);
})()
"""


class TestKeepsOut:
    def test_page_loads_nothing_from_elsewhere(self, browser, talk):
        show(browser, talk)
        rows(browser, 0)
        assert browser.complaints() == []
        loaded = browser.loaded()
        assert f"http://127.0.0.1:{talk.port}/_sandbox/window.js" in loaded
        assert all(address.startswith(f"http://127.0.0.1:{talk.port}/_sandbox/") for address in loaded)

    def test_what_clients_send_is_text(self, browser, talk):
        changes = {
            "recipient.first_name": HOSTILE,
            "recipient.email": HOSTILE,
            "kit_types": [HOSTILE],
            "metadata": {HOSTILE: HOSTILE, "haystack": "<b>x</b>"},
        }
        assert talk.call(encode(talk.draft(changes), JSON, "json"), headers=[("X-Note", HOSTILE)]).status == 201
        talk.call(HOSTILE.encode(), f"text/html; {HOSTILE}")
        talk.call(f"{HOSTILE}={HOSTILE}".encode(), URLENCODED)
        talk.call(method="GET", path=f"/{HOSTILE.replace(' ', '%20')}?{HOSTILE.replace(' ', '+')}")
        show(browser, talk)
        rows(browser, 4)
        for kind, many in (("requests", 4), ("orders", 1)):
            browser.click(f"#tab-{kind}")
            rows(browser, many)
            for number in range(many):
                browser.ask(f"document.querySelectorAll('.row')[{number}].click()")
                browser.until("document.querySelector('#detail').innerText.includes('<img src=x')")
        assert browser.ask("window.hacked") is None
        assert browser.ask("document.querySelectorAll('main img, main script').length") == 0
        assert browser.complaints() == []

    def test_injected_script_does_not_run(self, browser, talk):
        show(browser, talk)
        browser.ask(
            "(() => { const script = document.createElement('script'); "
            "script.append('window.hacked = 1'); try { document.body.append(script); } catch {} })()"
        )
        assert browser.ask("window.hacked") is None
        assert browser.complaints() != []

    def test_password_in_the_address_opens_it(self, start, browser):
        talk = Talk(start(SPOT_SANDBOX_PASSWORD="open sesame").port)
        talk.place(talk.draft())
        browser.open(f"http://user:open%20sesame@127.0.0.1:{talk.port}{PAGE}")
        rows(browser, 1)
