"""Shows every body in a folder to the peers' own rules, in one process: Slack's SDK and TypeScript types, Discord's
OpenAPI, and the Standard Webhooks library. usage: vendor_validation.py RIGS RIGS_HOME FOLDER, where FOLDER holds
slack/*.json, discord/*.json and webhook/*.json. Prints each fault with its file; exit status 1 where there is one."""
import contextlib, datetime, glob, io, json, os, runpy, subprocess, sys

rigs, home, folder = sys.argv[1:]
faults = []


def bodies(kind):
    found = sorted(glob.glob(os.path.join(folder, kind, "*.json")))
    if not found:
        sys.exit("no bodies for " + kind)
    return found


def check_slack():
    """The rig checks one file and runs the compiler on it; here each compiler run is put off, and one run sees all."""
    scratch = os.path.join(folder, "typescript", "slack")
    os.makedirs(scratch)
    installed = os.path.join(home, "slack", "node_modules")
    if not os.path.isdir(installed):
        sys.exit("Slack's TypeScript types are not installed: run rigs/setup.sh slack")
    os.symlink(installed, os.path.join(scratch, "node_modules"))
    os.environ["RIGS_HOME"] = os.path.dirname(scratch)
    run, programs = subprocess.run, {}

    def put_off(command, **_):
        name = "body%d.ts" % len(programs)
        os.rename(command[-1], os.path.join(scratch, name))
        programs[name] = command
        return subprocess.CompletedProcess(command, 0, "", "")

    subprocess.run = put_off
    files = bodies("slack")
    for file in files:
        said = io.StringIO()
        sys.argv = ["validate.py", file]
        try:
            with contextlib.redirect_stdout(said):
                runpy.run_path(os.path.join(rigs, "slack", "validate.py"))
        except SystemExit as end:
            if end.code or "WARN" in said.getvalue():
                faults.append("%s: %s" % (file, said.getvalue()))
    subprocess.run = run
    if len(programs) != len(files):
        sys.exit("the compiler was asked for %d of %d bodies" % (len(programs), len(files)))
    options = list(programs.values())[0][2:-1]
    tsc = [os.path.join(installed, ".bin", "tsc"), *options, *sorted(programs)]
    told = run(tsc, cwd=scratch, capture_output=True, text=True)
    if told.returncode:
        faults.append("tsc: " + (told.stdout + told.stderr)[:4000])


def check_discord():
    """The rig's own check(), without the server that follows it."""
    path = os.path.join(rigs, "discord", "discord_rig.py")
    source, marker, _ = open(path).read().partition("\nif sys.argv[1]=='check':")
    if not marker:
        sys.exit(path + " has changed")
    rig = {"__file__": path, "__name__": "discord_rig"}
    exec(compile(source, path, "exec"), rig)
    for file in bodies("discord"):
        errors, warnings = rig["check"](json.load(open(file)))
        faults.extend("%s: %s" % (file, fault) for fault in errors + warnings)


def check_webhook():
    """The official library signs and verifies each body under the id that stands in it."""
    from standardwebhooks.webhooks import Webhook

    hook = Webhook("whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    now = datetime.datetime.now(tz=datetime.timezone.utc)
    seen = set()
    for file in bodies("webhook"):
        text = open(file).read()
        body = json.loads(text)
        name = body["id"]
        if "." in name or name in seen:
            faults.append("%s: the id %s has a point or is used twice" % (file, name))
        seen.add(name)
        stamp = str(int(now.timestamp()))
        headers = {"webhook-id": name, "webhook-timestamp": stamp, "webhook-signature": hook.sign(name, now, text)}
        verified = hook.verify(text, headers)
        datetime.datetime.fromisoformat(verified["timestamp"].replace("Z", "+00:00"))
        if verified["type"] != "paperwire.digest" or not isinstance(verified["data"], dict):
            faults.append("%s: not a digest" % file)


check_slack()
check_discord()
check_webhook()
print("\n".join(faults[:50]))
sys.exit(bool(faults))
