"""A mail as it was formatted, in its frame: inline images from us, remote ones only once they were asked for."""
import base64
import http.server
import threading

import pytest

from test_console import WIDTHS, overflow, picture

PIXEL = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")


@pytest.fixture
def elsewhere():
    """A web server of somebody else; `asked` is what was fetched from it."""
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append((self.path, self.headers.get("Referer"), self.headers.get("Cookie")))
            self.send_response(200)
            self.send_header("Content-Type", "image/png")
            self.end_headers()
            self.wfile.write(PIXEL)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    server.asked = asked
    yield server
    server.shutdown()
    server.server_close()


def mail(port: int) -> bytes:
    html = (f'<p>Hello, see <img src="cid:logo@customer.example" alt="our logo" width="40" height="40"> and <img src="http://localhost:{port}/far.png" alt="far" width="40">'
            '</p><p><a href="https://customer.example/">Our page</a></p><script>document.title = "stolen"</script>')
    return ("From: Ann <ann@customer.example>\r\nTo: support@desk.example\r\nSubject: Pictures\r\nMIME-Version: 1.0\r\n"
            "Content-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + html
            + "\r\n--b\r\nContent-Type: image/png; name=logo.png\r\nContent-ID: <logo@customer.example>\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            + base64.encodebytes(PIXEL).decode() + "--b--\r\n").encode()


def opened(signed_in, desk, port: int, **options):
    answer = desk.request("POST", "/api/v1/mail", raw=mail(port), headers={"Content-Type": "message/rfc822"})
    assert answer.status in (200, 201)
    page = signed_in(**options)
    page.goto(f"/tickets/{answer.json['ticket_id']}")
    page.locator("details:has(iframe) summary").click()
    return page, page.frame_locator("iframe")


def drawn(image) -> bool:
    return image.evaluate("image => image.complete && image.naturalWidth > 0")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_inline_images_are_there_and_remote_ones_when_asked_for(signed_in, desk, elsewhere, width, scheme):
    port = elsewhere.server_address[1]
    page, frame = opened(signed_in, desk, port, viewport={"width": width, "height": 900}, color_scheme=scheme)
    frame.locator("img[alt='our logo']").wait_for()
    page.wait_for_timeout(300)
    assert drawn(frame.locator("img[alt='our logo']"))
    assert "[far]" in frame.locator("body").inner_text() and elsewhere.asked == []
    picture(page, f"mail-frame-{width}-{scheme}")
    assert overflow(page) <= 0
    page.get_by_role("link", name="Show remote images").click()
    frame.locator("img[alt='far']").wait_for()
    page.wait_for_function("document.querySelector('iframe').contentDocument.querySelector('img[alt=far]').complete")
    assert drawn(frame.locator("img[alt='far']")) and drawn(frame.locator("img[alt='our logo']"))
    # Who looks is told to nobody: no referrer, no cookie.
    assert elsewhere.asked == [("/far.png", None, None)]
    picture(page, f"mail-frame-remote-{width}-{scheme}")
    assert page.faults == []


def test_the_frames_page_is_sandboxed_wherever_it_is_opened(signed_in, desk, elsewhere):
    page, frame = opened(signed_in, desk, elsewhere.server_address[1])
    address = page.locator("iframe").get_attribute("src")
    answer = page.goto(address)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "sandbox" in policy and "allow-scripts" not in policy
    assert page.title() != "stolen" and elsewhere.asked == []
    # Nobody sees it without signing in, and it belongs to its own ticket alone.
    assert desk.request("GET", address, token="").status == 303
    ticket, message = address.split("/")[2], address.split("/")[4]
    assert page.goto(f"/tickets/{int(ticket) - 1}/messages/{message}/view").status == 404
