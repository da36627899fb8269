# What the openai package for Python sends, with the standard library alone: forms without a file too, objects as fields with
# brackets, the headers of its polling helper, and its way through pages.
import json
import sys
import time
import urllib.error
import urllib.request
import uuid

origin, key, picture = sys.argv[1:4]
AGENT = {
    "Authorization": f"Bearer {key}",
    "Accept": "application/json",
    "User-Agent": "OpenAI/Python 3.3.1",
    "X-Stainless-Lang": "python",
    "X-Stainless-Retry-Count": "0",
}


def call(method, path, body=None, headers=None):
    request = urllib.request.Request(f"{origin}/v1{path}", body, {**AGENT, **(headers or {})}, method=method)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def form(fields, files=()):
    """A form as httpx writes it: fields first, then files."""
    boundary = uuid.uuid4().hex
    parts = []
    for name, value in fields:
        parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode())
    for name, file_name, kind, content in files:
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{file_name}"\r\n'
        parts.append(f"{head}Content-Type: {kind}\r\n\r\n".encode() + content + b"\r\n")
    parts.append(f"--{boundary}--\r\n".encode())
    return b"".join(parts), {"Content-Type": f"multipart/form-data; boundary={boundary}"}


def create(fields, files=()):
    body, headers = form(fields, files)
    status, _, answer = call("POST", "/videos", body, headers)
    assert status == 200, answer
    return json.loads(answer)


def poll(video):
    while True:
        _, headers, answer = call("GET", f"/videos/{video['id']}", headers={"X-Stainless-Poll-Helper": "true"})
        video = json.loads(answer)
        assert video["status"] in ("queued", "in_progress", "completed", "failed"), video
        if video["status"] in ("completed", "failed"):
            return video
        time.sleep(int(headers["openai-poll-after-ms"]) / 1000)


short = [("prompt", "A paper boat on a calm sea"), ("model", "sora-2"), ("seconds", "1"), ("size", "512x512")]
video = poll(create(short))
assert (video["status"], video["progress"], video["seconds"]) == ("completed", 100, "1"), video

status, headers, content = call("GET", f"/videos/{video['id']}/content", headers={"Accept": "application/binary"})
assert (status, headers["Content-Type"], content[4:8]) == (200, "video/mp4", b"ftyp")
_, headers, content = call("GET", f"/videos/{video['id']}/content?variant=thumbnail", headers={"Accept": "application/binary"})
assert (headers["Content-Type"], content[8:12]) == ("image/webp", b"WEBP")

with open(picture, "rb") as file:
    image = file.read()
reference = create(short[:3], [("input_reference", "picture.jpg", "image/jpeg", image)])
body, headers = form([("purpose", "vision")], [("file", "picture.jpg", "image/jpeg", image)])
uploaded = json.loads(call("POST", "/files", body, headers)[2])
other = create([*short[:3], ("input_reference[file_id]", uploaded["id"])])

seen, after = [], ""
while True:
    page = json.loads(call("GET", f"/videos?limit=1{after}")[2])
    seen += [each["id"] for each in page["data"]]
    if not page["has_more"] or not page["data"]:
        break
    after = f"&after={page['data'][-1]['id']}"
assert seen == [other["id"], reference["id"], video["id"]], seen

status, _, answer = call("POST", "/videos", *form([*short[:3], ("size", "1x1")]))
assert (status, json.loads(answer)["error"]["param"]) == (400, "size"), answer
for each in seen:
    status, _, answer = call("DELETE", f"/videos/{each}")
    assert json.loads(answer) == {"id": each, "object": "video.deleted", "deleted": True}, answer
