"""python-gitlab, a client nobody here wrote, logs in to the demo company's GitLab, lists and pages, and writes."""

import os

import gitlab

url, token = os.environ["GITLAB_HOST"], os.environ["GITLAB_TOKEN"]
gl = gitlab.Gitlab(url, private_token=token)
gl.auth()
assert gl.user.username, "the token has a user"
assert gl.version()[0].count(".") == 2, gl.version()

# Keyset and offset paging give the same projects.
keyset = [project.id for project in gl.projects.list(iterator=True, pagination="keyset", order_by="id", sort="asc", per_page=7)]
offset = [project.id for project in gl.projects.list(iterator=True, order_by="id", sort="asc", per_page=9)]
assert keyset == sorted(keyset) and len(set(keyset)) == len(keyset), "keyset repeats nothing"
assert keyset == offset, f"{len(keyset)} by keyset, {len(offset)} by offset"
assert len(keyset) >= 12

page = gl.groups.list(per_page=2, page=1, get_all=False)
assert len(page) == 2
groups = gl.groups.list(get_all=True)
assert any(group.full_path.count("/") for group in groups), "subgroups are groups"

runners = gl.runners_all.list(get_all=True)
assert len(runners) >= 3
detail = gl.runners.get(runners[0].id)
assert isinstance(detail.tag_list, list) and detail.access_level in ("not_protected", "ref_protected")
assert detail.ip_address == "", "GitLab moved the address to the managers"
jobs = [job for runner in runners for job in gl.runners.get(runner.id).jobs.list(get_all=False)]
assert jobs, "runners ran jobs"

variables = [
    (project, variable)
    for project in gl.projects.list(iterator=True)
    for variable in project.variables.list(get_all=True)
]
assert any(variable.key == "AWS_ACCESS_KEY_ID" for _, variable in variables)
assert any(variable.hidden and variable.value is None for _, variable in variables), "hidden values stay hidden"
gl.variables.list(get_all=True)

# Writes: one key in two environments is two variables, told apart by the filter.
project = gl.projects.get(keyset[0])
for scope in ("staging", "production"):
    project.variables.create({"key": "KEYTRAIL_PEER", "value": f"value-{scope}", "environment_scope": scope})
found = project.variables.get("KEYTRAIL_PEER", filter={"environment_scope": "production"})
assert found.value == "value-production"
project.variables.update("KEYTRAIL_PEER", {"value": "changed-value"}, filter={"environment_scope": "staging"})
found = project.variables.get("KEYTRAIL_PEER", filter={"environment_scope": "staging"})
assert found.value == "changed-value"
try:
    project.variables.delete("KEYTRAIL_PEER")
    raise AssertionError("an ambiguous delete went through")
except gitlab.exceptions.GitlabDeleteError:
    pass
for scope in ("staging", "production"):
    project.variables.delete("KEYTRAIL_PEER", filter={"environment_scope": scope})

# Another scope keeps everything else; hidden is what was made so, and no update makes it so.
made = {"key": "KEYTRAIL_PEER", "value": "hidden-value-1", "environment_scope": "keytrail-new", "description": "why"}
hidden = project.variables.create({**made, "masked_and_hidden": True, "protected": True})
assert (hidden.value, hidden.hidden, hidden.masked, hidden.protected) == (None, True, True, True)
moved = project.variables.update("KEYTRAIL_PEER", {"environment_scope": "review/*"}, filter={"environment_scope": "keytrail-new"})
assert (moved["environment_scope"], moved["hidden"], moved["description"]) == ("review/*", True, "why")
try:
    project.variables.update("KEYTRAIL_PEER", {"masked": False}, filter={"environment_scope": "review/*"})
    raise AssertionError("a hidden variable was unmasked")
except gitlab.exceptions.GitlabUpdateError as error:
    assert error.response_code == 400
project.variables.delete("KEYTRAIL_PEER", filter={"environment_scope": "review/*"})

# A schedule's variables are made, written and deleted by their key alone.
schedule = next(s for p in gl.projects.list(iterator=True) for s in p.pipelineschedules.list(get_all=True))
schedule.variables.create({"key": "KEYTRAIL_PEER", "value": "one"})
schedule.variables.update("KEYTRAIL_PEER", {"key": "KEYTRAIL_PEER", "value": "two"})
schedule = gl.projects.get(schedule.project_id).pipelineschedules.get(schedule.id)
assert {"KEYTRAIL_PEER": "two"}.items() <= {v["key"]: v["value"] for v in schedule.attributes["variables"]}.items()
schedule.variables.delete("KEYTRAIL_PEER")

runner = gl.runners.get(runners[0].id)
runner.paused = not runner.paused
runner.save()
assert gl.runners.get(runners[0].id).paused == runner.paused

# A project runner: assigned, locked, protected, put out, given another token, deleted.
runner = next(r for r in (gl.runners.get(r.id) for r in runners) if r.runner_type == "project_type")
owner = runner.projects[0]["id"]
other = next(number for number in keyset if number not in [p["id"] for p in runner.projects])
gl.projects.get(other).runners.create({"runner_id": runner.id})
assert other in [p["id"] for p in gl.runners.get(runner.id).projects]
runner.locked, runner.access_level, runner.run_untagged, runner.tag_list = True, "ref_protected", False, ["one", "two"]
runner.save()
seen = gl.runners.get(runner.id)
assert (seen.locked, seen.access_level, seen.run_untagged, seen.tag_list) == (True, "ref_protected", False, ["one", "two"])
try:
    gl.http_put(f"/runners/{runner.id}", post_data={"tag_list": []})
    raise AssertionError("a runner was left with no jobs to take")
except gitlab.exceptions.GitlabHttpError as error:
    assert error.response_code == 400
gl.projects.get(other).runners.delete(runner.id)
try:
    gl.projects.get(owner).runners.delete(runner.id)
    raise AssertionError("a runner was taken from its owner")
except gitlab.exceptions.GitlabDeleteError as error:
    assert error.response_code == 403
reset = gl.http_post(f"/runners/{runner.id}/reset_authentication_token")
assert reset["token"].startswith("glrt-") and "token_expires_at" in reset
gl.runners.delete(runner.id)
try:
    gl.runners.get(runner.id)
    raise AssertionError("a deleted runner is still there")
except gitlab.exceptions.GitlabGetError as error:
    assert error.response_code == 404

lint = project.ci_lint.get()
assert isinstance(lint.merged_yaml, (str, type(None)))

try:
    gitlab.Gitlab(url, private_token="glpat-wrong").auth()
    raise AssertionError("a wrong token was taken")
except gitlab.exceptions.GitlabAuthenticationError:
    pass
try:
    gl.projects.get("no/such/project")
    raise AssertionError("a project that is not there was found")
except gitlab.exceptions.GitlabGetError as error:
    assert error.response_code == 404
print(f"{len(keyset)} projects, {len(groups)} groups, {len(runners)} runners, {len(variables)} project variables")
