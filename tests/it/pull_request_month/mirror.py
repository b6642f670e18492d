"""A hook after a push: an emulator that has a forge's interface, but no git, gets the same branches and objects.

Usage: mirror.py API PROJECT, with lines of `old new ref` on standard input, in the repository. As at GitHub, a branch
that is deleted closes its open pull requests."""

import json
import subprocess
import sys
import urllib.request

API, PROJECT = sys.argv[1:]
NOWHERE = "0" * 40
HEADERS = {"authorization": "Bearer tok_bot", "user-agent": "mirror", "content-type": "application/json"}


def git(*args):
    return subprocess.run(["git", *args], check=True, capture_output=True).stdout.decode()


def has(commit):
    return subprocess.run(["git", "cat-file", "-e", commit], capture_output=True).returncode == 0


def ask(method, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{API}/repos/{PROJECT}{path}", data, HEADERS, method=method)
    with urllib.request.urlopen(request) as answer:
        return json.loads(answer.read() or b"null")


def file(line):
    about, path = line.split("\t")
    mode, kind, blob = about.split()
    return {"path": path, "mode": mode, "type": kind, "content": git("cat-file", "blob", blob)}


def show(commit):
    tree = [file(line) for line in git("ls-tree", "-r", commit).splitlines()]
    tree = ask("POST", "/git/trees", {"tree": tree})["sha"]
    shown = git("show", "--no-patch", "--format=%an%n%ae%n%aI%n%cn%n%ce%n%cI%n%P", commit).split("\n")
    author, committer = (dict(zip(("name", "email", "date"), shown[at:])) for at in (0, 3))
    message = git("cat-file", "commit", commit).split("\n\n", 1)[1]
    body = {"message": message, "tree": tree, "author": author, "committer": committer}
    made = ask("POST", "/git/commits", {**body, "parents": shown[6].split()})["sha"]
    assert made == commit, f"{commit} became {made}"


def delete(ref):
    ask("DELETE", f"/git/{ref}")
    for pull in ask("GET", "/pulls?state=open&per_page=100"):
        if f"refs/heads/{pull['head']['ref']}" == ref:
            ask("PATCH", f"/pulls/{pull['number']}", {"state": "closed"})


known = {ref["ref"]: ref["object"]["sha"] for ref in ask("GET", "/git/matching-refs/heads/")}
for old, new, ref in (line.split() for line in sys.stdin):
    if new == NOWHERE:
        delete(ref)
        continue
    there = [commit for commit in known.values() if has(commit)]
    for commit in git("rev-list", "--reverse", "--topo-order", new, "--not", *there).split():
        show(commit)
    if ref in known:
        ask("PATCH", f"/git/{ref}", {"sha": new, "force": True})
    else:
        ask("POST", "/git/refs", {"ref": ref, "sha": new})
    known[ref] = new
