"""The console and the API as a browser and its enemies see them."""
import html.parser
import http.client
import re
import socket
import urllib.parse

import pytest

PAYLOADS = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\"><svg onload=alert(1)>", "'\"--></style></script><b onmouseover=alert(1)>",
    "{{csrf}} {{{user}}}", "javascript:alert(1)", "</textarea><script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;",
]
HTML = [
    "<a href='javascript:alert(1)'>x</a>", "<a href='java&#10;script:alert(1)'>x</a>", "<a href=' &#1;javascript:alert(1)'>x</a>", "<a href='vbscript:x'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>", "<img src=http://evil.example/pixel.gif>", "<img src='//evil.example/p'>", "<img srcset='http://evil.example/p 1x'>",
    "<svg><script>alert(1)</script></svg>", "<svg><animate onbegin=alert(1)>", "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">", "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>", "<object data=x></object><embed src=x><applet code=x>", "<base href=http://evil.example/>", "<meta http-equiv=refresh content='0;url=http://evil.example'>",
    "<link rel=stylesheet href=http://evil.example/x.css>", "<style>@import 'http://evil.example/x.css';</style>", "<div style=\"background:url('http://evil.example/x')\">x</div>",
    "<div style=\"background-image:u\\72l(http://evil.example/x)\">x</div>", "<form action=http://evil.example><input name=p type=password></form>", "<button formaction=javascript:alert(1)>x</button>",
    "<template><img src=x onerror=alert(1)></template>", "<xmp><p title=\"</xmp><img src=x onerror=alert(1)>\">", "<p title='<img src=x onerror=alert(1)>'>x</p>", "<table background=http://evil.example/x><tr><td>x</table>",
    "<video poster=http://evil.example/x><source src=http://evil.example/y></video>", "<audio src=http://evil.example/x autoplay>", "<body onload=alert(1) background=http://evil.example/z>x", "<plaintext><script>alert(1)</script>",
    "<select><style></select><script>alert(1)</script></style>", "<!--><script>alert(1)</script>-->", "<![CDATA[<script>alert(1)</script>]]>", "<a target=_blank href=https://ok.example id=csrf name=body>ok</a>", "<input autofocus onfocus=alert(1)>",
]
DANGEROUS = {"script", "style", "iframe", "object", "embed", "applet", "base", "meta", "link", "form", "input", "button", "svg", "math", "template", "video", "audio", "source", "textarea", "select", "noscript", "xmp", "plaintext", "frame", "frameset"}


class Reader(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict]] = []

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, {name: value or "" for name, value in attributes}))


def elements(text: str):
    reader = Reader()
    reader.feed(text)
    return reader.elements


class Browser:
    """Follows no link by itself; keeps its cookies."""

    def __init__(self, desk):
        self.place, self.cookies = urllib.parse.urlsplit(desk.url), {}

    def send(self, method: str, path: str, form: dict | None = None, headers: dict | None = None):
        connection = http.client.HTTPConnection(self.place.hostname, self.place.port, timeout=20)
        sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), **(headers or {})}
        body = None
        if form is not None:
            body, sent["Content-Type"] = urllib.parse.urlencode(form), "application/x-www-form-urlencoded"
        connection.request(method, path, body, sent)
        response = connection.getresponse()
        text = response.read().decode()
        self.set = response.getheader("Set-Cookie") or ""
        for name, value in re.findall(r"(\w+)=([^;]*);", self.set)[:1]:
            self.cookies[name] = value
        connection.close()
        return response, text


def link(desk, user: int = 0) -> str:
    import json
    return json.loads(desk.firstline("rpc", "Gateway/CreateSignInLink", json.dumps({"user_id": user} if user else {})).stdout)["path"]


@pytest.fixture(scope="module")
def signed_in(house):
    browser = Browser(house.desk)
    path = link(house.desk, house.agent["id"])
    assert browser.send("POST", path, {})[0].status == 303
    browser.csrf = re.search(r'name="csrf" value="([^"]+)"', browser.send("GET", "/")[1])[1]
    return browser


def test_a_link_signs_in_once_and_looking_does_not_use_it(house):
    path = link(house.desk, house.agent["id"])
    for _ in range(3):
        response, _ = Browser(house.desk).send("GET", path)
        assert response.status == 200 and not response.getheader("Set-Cookie")
    assert Browser(house.desk).send("HEAD", path)[0].status == 200
    browser = Browser(house.desk)
    browser.cookies["firstline_session"] = fixed = "A" * 43
    response, _ = browser.send("POST", path, {})
    assert response.status == 303 and response.getheader("Location") == "/"
    assert browser.cookies["firstline_session"] != fixed
    flags = browser.set.lower()
    assert "httponly" in flags and "samesite=lax" in flags and "path=/" in flags and "domain" not in flags and "secure" not in flags
    for method in ("GET", "POST"):
        other = Browser(house.desk)
        assert other.send(method, path, {} if method == "POST" else None)[0].status == 410 and not other.cookies
    fixation = Browser(house.desk)
    fixation.cookies["firstline_session"] = fixed
    assert fixation.send("GET", "/")[0].status == 303


def test_the_cookie_is_secure_behind_https_and_signing_in_wants_our_own_page(house):
    path = link(house.desk, house.agent["id"])
    for site in ("cross-site", "same-site"):
        assert Browser(house.desk).send("POST", path, {}, {"Sec-Fetch-Site": site})[0].status == 403
    browser = Browser(house.desk)
    browser.send("POST", path, {}, {"X-Forwarded-Proto": "https", "Sec-Fetch-Site": "same-origin"})
    assert "secure" in browser.set.lower()


def test_signing_out_ends_the_session_itself(house):
    browser = Browser(house.desk)
    browser.send("POST", link(house.desk, house.agent["id"]), {})
    kept = dict(browser.cookies)
    csrf = re.search(r'name="csrf" value="([^"]+)"', browser.send("GET", "/")[1])[1]
    assert browser.send("POST", "/sign-out", {})[0].status == 403
    assert browser.send("GET", "/sign-out")[0].status in (404, 405)
    assert browser.send("POST", "/sign-out", {"csrf": csrf})[0].status == 303
    browser.cookies = kept
    assert browser.send("GET", "/")[0].getheader("Location") == "/sign-in"


def test_forms_and_calls_of_other_sites_are_refused(house, signed_in):
    ticket = house.bob_ticket["id"]
    for path, form in (
        (f"/tickets/{ticket}/reply", {"body": "forged", "visibility": "public"}), (f"/tickets/{ticket}/properties", {"status": "solved"}),
        ("/presence", {"presence": "offline"}), ("/sign-out", {}),
    ):
        for csrf in ({}, {"csrf": ""}, {"csrf": signed_in.csrf[:-1] + "!"}, {"csrf": signed_in.cookies["firstline_session"]}):
            assert signed_in.send("POST", path, {**form, **csrf})[0].status == 403, path
    cookie = {"Cookie": "firstline_session=" + signed_in.cookies["firstline_session"], "Content-Type": "application/json", "If-Match": "*"}
    for method, path in (("POST", "/tickets"), ("PATCH", f"/tickets/{ticket}"), ("POST", "/attachments?filename=a"), ("DELETE", "/tokens/1")):
        assert house.desk.request(method, "/api/v1" + path, raw=b"{}", token="", headers=cookie).status == 403
    answer = house.desk.request("GET", "/api/v1/me", token="", headers={**cookie, "Origin": "https://evil.example"})
    assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example", "/\tevil", "javascript:alert(1)", "/%0d%0aSet-Cookie:x=1", "/\r\nSet-Cookie: x=1"])
def test_nothing_leads_off_this_host(house, signed_in, back):
    response, _ = signed_in.send("POST", "/presence", {"presence": "online", "back": back, "csrf": signed_in.csrf})
    place = response.getheader("Location")
    assert response.status == 303 and place.startswith("/") and not place.startswith(("//", "/\\")) and response.getheader("Set-Cookie") is None


def test_a_forged_host_stands_in_no_link(house, signed_in):
    for path in ("/", "/sign-in", f"/tickets/{house.bob_ticket['id']}", "/api/docs"):
        response, text = signed_in.send("GET", path, headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
        assert "evil.example" not in text + str(response.getheaders())
    answer = house.desk.request("POST", "/api/v1/tickets", {"subject": "s", "body": "b", "requester": {"email": "host@example.org"}}, headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
    assert "evil.example" not in str(answer.headers)


@pytest.mark.parametrize("path", ["/", "/sign-in", "/sign-in/x", "/nothing", "/tickets/1", "/api/v1/me", "/api/docs", "/api/v1/nothing"])
def test_every_page_has_its_guards(signed_in, path):
    response, _ = signed_in.send("GET", path)
    policy = response.getheader("Content-Security-Policy")
    assert "frame-ancestors 'none'" in policy and "default-src 'none'" in policy and "unsafe" not in policy
    assert response.getheader("X-Content-Type-Options") == "nosniff" and response.getheader("Referrer-Policy") == "no-referrer"
    assert response.getheader("Cache-Control") == "no-store"


def test_names_and_subjects_are_text_in_the_console(house, desk, signed_in):
    for payload in PAYLOADS:
        file = house.upload(house.agent_token, b"x", payload + ".txt")
        ticket = house.ticket("xss@example.org", payload, payload, tags=["<b>x</b>"])
        house.note(ticket["id"], payload, attachments=[file["id"]])
        house.ticket_of(
            f"From: \"{payload.replace(chr(34), '')}\" <x{abs(hash(payload))}@example.org>\r\nSubject: {payload}\r\nMIME-Version: 1.0\r\nContent-Type: image/svg+xml; name=\"{payload.replace(chr(34), '')}\"\r\n"
            f"Content-Disposition: attachment; filename=\"{payload.replace(chr(34), '')}.svg\"\r\n\r\n<svg onload=alert(1)/>".encode())
        for path in (f"/tickets/{ticket['id']}", f"/tickets/{ticket['id'] + 1}", "/?view=open&sort=created_descending", "/?q=" + urllib.parse.quote("alert " + payload)):
            response, text = signed_in.send("GET", path)
            if response.status != 200:
                assert response.status == 422 or "/?q" in path, (path, response.status)
            found = elements(text)
            assert [attributes for tag, attributes in found if tag == "script"] == [{"type": "module", "src": "/assets/console.js"}], path
            assert not [tag for tag, attributes in found if any(name.startswith("on") for name in attributes)], path
            assert signed_in.csrf + " " not in text
            for tag, attributes in found:
                assert not attributes.get("href", "").startswith("javascript")


#: What the frame of a mail may do: nothing that runs, posts or leads the console elsewhere.
FRAME = {"allow-same-origin", "allow-popups", "allow-popups-to-escape-sandbox"}


@pytest.mark.parametrize("fragment", HTML, ids=range(len(HTML)))
def test_html_of_mail_is_tamed(house, desk, signed_in, fragment):
    ticket = house.ticket_of(f"From: h@example.org\r\nAuto-Submitted: auto-generated\r\nSubject: html\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Hello</p>{fragment}<p>End</p>".encode())
    tame = desk.api("GET", f"/tickets/{ticket}/messages")["items"][0]["html"] or ""
    for tag, attributes in elements(tame):
        assert tag not in DANGEROUS, tame
        for name, value in attributes.items():
            assert not name.startswith("on") and name not in ("style", "srcset", "background", "poster", "formaction", "id", "name"), tame
            assert "<" not in re.findall(rf'{name}="([^"]*)"', tame)[0] if value and f'{name}="' in tame else True
            if name in ("href", "src"):
                assert re.match(r"(https?:|mailto:|tel:|cid:|#)", value) if tag == "a" else not re.match(r"(https?:)?//", value), tame
    assert "evil.example/" not in re.sub(r'href="[^"]*"', "", tame)
    page = signed_in.send("GET", f"/tickets/{ticket}")[1]
    frames = [attributes for tag, attributes in elements(page) if tag == "iframe"]
    for frame in frames:
        assert set(frame["sandbox"].split()) == FRAME and "srcdoc" not in frame
        assert re.fullmatch(rf"/tickets/{ticket}/messages/\d+/view", frame["src"])
        for address in (frame["src"], frame["src"] + "?images=remote"):
            answer, shown = signed_in.send("GET", address)
            policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
            assert policy["default-src"] == "'none'" and set(policy["sandbox"].split()) == FRAME and policy["form-action"] == "'none'"
            assert ("https:" in policy["img-src"]) == address.endswith("remote") and not policy.keys() & {"script-src", "frame-src", "connect-src"}
            for tag, attributes in elements(shown.partition("<body")[2]):
                assert tag not in DANGEROUS, shown
                assert not [name for name in attributes if name.startswith("on") or name in ("style", "srcset", "background", "poster", "formaction", "id", "name")], shown
                source = attributes.get("src") or ""
                assert tag == "img" or not source, shown
                assert source.startswith("/api/v1/attachments/") or (address.endswith("remote") and re.match(r"https?://", source)) or not source, shown


@pytest.mark.parametrize("name, kind, content", [
    ("x.svg", "image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"), ("x.html", "text/html", b"<script>alert(1)</script>"),
    ("../../../../etc/passwd", "text/plain", b"x"), ("..\\..\\boot.ini", "text/plain", b"x"), ("a\r\nSet-Cookie: x=1", "text/plain", b"x"), ("a\";filename=\"b.exe", "text/plain", b"x"),
    ("invoice\u202egnp.exe", "application/octet-stream", b"x"), ("pay\u200bload.html", "text/html", b"x"), (".htaccess", "text/plain", b"x"), ("nul\x00.txt", "text/plain", b"x"),
])
def test_files_are_saved_and_never_shown(house, desk, name, kind, content):
    answer = desk.request("POST", "/api/v1/attachments?filename=" + urllib.parse.quote(name), raw=content, headers={"Content-Type": kind})
    if answer.status == 422:
        return
    file = answer.json
    assert not set(file["filename"]) & set("/\\\r\n\0\u202e\u200b\"<>") and not file["filename"].startswith(".")
    got = desk.request("GET", f"/api/v1/attachments/{file['id']}")
    assert got.body == content and got.headers["content-disposition"].startswith("attachment;") and got.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in got.headers["content-security-policy"] and got.headers["cache-control"] == "no-store" and "set-cookie" not in got.headers
    assert got.headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize("path", [
    "/assets/../../admin.token", "/assets/..%2f..%2fadmin.token", "/assets/%2e%2e/%2e%2e/admin.token", "/assets/....//admin.token", "/assets/console.css%00.js", "//etc/passwd", "/%2e%2e/%2e%2e/etc/passwd",
])
def test_no_path_leads_out(desk, path):
    answer = desk.request("GET", path, token="")
    assert answer.status in (303, 400, 404) and b"flt_" not in answer.body and b"root:" not in answer.body


def raw(desk, request: bytes) -> bytes:
    place = urllib.parse.urlsplit(desk.url)
    with socket.create_connection((place.hostname, place.port), 10) as connection:
        connection.sendall(request)
        connection.settimeout(0.5)
        answer = b""
        try:
            while part := connection.recv(65536):
                answer += part
        except (TimeoutError, ConnectionResetError):
            pass
        return answer


def test_requests_are_not_smuggled(desk):
    token = desk.admin_token.encode()
    for lengths in (b"Content-Length: 5\r\nContent-Length: 50\r\n", b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", b"Transfer-Encoding: chunked, identity\r\n", b"Content-Length: +5\r\n", b"Transfer-Encoding : chunked\r\n"):
        answer = raw(desk, b"POST /api/v1/tickets HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer " + token + b"\r\n" + lengths + b"\r\n0\r\n\r\nGET /api/v1/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token + b"\r\n\r\n")
        assert answer.count(b"HTTP/1.1 ") <= 1 and b" 200 " not in answer, (lengths, answer[:200])
