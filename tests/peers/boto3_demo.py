"""boto3, a client nobody here wrote, logs in to the demo company's AWS, lists and pages, and is refused where AWS refuses."""

import concurrent.futures
import datetime
import json
import os
import time

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

endpoint = os.environ["AWS_ENDPOINT_URL"]
config = Config(retries={"max_attempts": 1})


def client(service, region="us-east-1", **credentials):
    return boto3.client(service, endpoint_url=endpoint, region_name=region, config=config, **credentials)


def refused(code, call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error
        return error
    raise AssertionError(f"{code} expected, the call went through")


sts, iam = client("sts"), client("iam")
me = sts.get_caller_identity()
assert me["Arn"].endswith("user/keytrail-audit"), me

users = [user for page in iam.get_paginator("list_users").paginate(PaginationConfig={"PageSize": 3}) for user in page["Users"]]
assert len({user["Arn"] for user in users}) == len(users) >= 4
pages = list(iam.get_paginator("get_account_authorization_details").paginate(PaginationConfig={"PageSize": 5}))
assert len(pages) > 1, "five at a time takes several pages"
roles = [role for page in pages for role in page["RoleDetailList"]]
assert {user["UserName"] for page in pages for user in page["UserDetailList"]} == {user["UserName"] for user in users}
# botocore decodes the percent-encoded documents; what comes out must be a policy.
assert all(role["AssumeRolePolicyDocument"]["Statement"] for role in roles)

keys = [key for user in users for key in iam.list_access_keys(UserName=user["UserName"])["AccessKeyMetadata"]]
assert any(key["Status"] == "Inactive" for key in keys)
last = iam.get_access_key_last_used(AccessKeyId=keys[0]["AccessKeyId"])
assert "AccessKeyLastUsed" in last and last["UserName"]

# The auditor reads and may not write.
refused("AccessDenied", iam.create_access_key, UserName=users[0]["UserName"])

report = None
for _ in range(5):
    iam.generate_credential_report()
    try:
        report = iam.get_credential_report()["Content"].decode()
        break
    except ClientError:
        time.sleep(0.2)
assert report and report.splitlines()[1].startswith("<root_account>,")
assert report.splitlines()[0].startswith("user,arn,user_creation_time,password_enabled")

providers = iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
assert isinstance(providers, list)

# Roles of the other accounts: the external id decides.
role = "arn:aws:iam::222222222222:role/keytrail-audit"
refused("AccessDenied", sts.assume_role, RoleArn=role, RoleSessionName="peer")
session = sts.assume_role(RoleArn=role, RoleSessionName="peer", ExternalId="acme-keytrail")["Credentials"]
prod = dict(
    aws_access_key_id=session["AccessKeyId"],
    aws_secret_access_key=session["SecretAccessKey"],
    aws_session_token=session["SessionToken"],
)
assert client("sts", **prod).get_caller_identity()["Account"] == "222222222222"
assert client("iam", **prod).list_open_id_connect_providers()["OpenIDConnectProviderList"], "production trusts GitLab"
machines = client("ec2", "eu-west-1", **prod).describe_instances()["Reservations"]
assert machines and machines[0]["Instances"][0]["InstanceId"].startswith("i-")

# What jobs run on: four services, three protocols.
scaling = client("autoscaling", "eu-west-1", **prod)
pages = list(scaling.get_paginator("describe_auto_scaling_groups").paginate(PaginationConfig={"PageSize": 1}))
groups = {group["AutoScalingGroupName"]: group for page in pages for group in page["AutoScalingGroups"]}
assert len(pages) == len(groups) == 3, groups
fleet = groups["gitlab-fleet"]
assert all(instance["InstanceId"].startswith("i-") for instance in fleet["Instances"]) and fleet["Instances"]
template = fleet["LaunchTemplate"]
ec2 = client("ec2", "eu-west-1", **prod)
versions = ec2.describe_launch_template_versions(
    LaunchTemplateId=template["LaunchTemplateId"], Versions=[template["Version"]]
)["LaunchTemplateVersions"]
assert [version["VersionNumber"] for version in versions] == [2], versions
data = versions[0]["LaunchTemplateData"]
assert data["IamInstanceProfile"]["Arn"].endswith("instance-profile/gitlab-fleet-vm"), data
assert data["MetadataOptions"] == {"HttpTokens": "required", "HttpPutResponseHopLimit": 1}
refused(
    "InvalidLaunchTemplateId.NotFound", ec2.describe_launch_template_versions, LaunchTemplateId="lt-0000000000000000f"
)
assert groups["shop-batch"]["MixedInstancesPolicy"]["LaunchTemplate"]["LaunchTemplateSpecification"]["Version"] == "1"
name = groups["shop-web"]["LaunchConfigurationName"]
configuration = scaling.describe_launch_configurations(LaunchConfigurationNames=[name])["LaunchConfigurations"][0]
assert configuration["IamInstanceProfile"] == "shop-app", configuration

ecs = client("ecs", "eu-west-1", **prod)
pages = ecs.get_paginator("list_task_definition_families").paginate(status="ACTIVE", PaginationConfig={"PageSize": 2})
families = [family for page in pages for family in page["families"]]
assert families == sorted(families) and "gitlab-ci-job" in families, families
task = ecs.describe_task_definition(taskDefinition="gitlab-ci-job")["taskDefinition"]
assert task["revision"] == 3 and task["taskRoleArn"].endswith("role/gitlab-fargate-task"), task
assert ecs.describe_task_definition(taskDefinition=task["taskDefinitionArn"])["taskDefinition"]["revision"] == 3
assert ecs.describe_task_definition(taskDefinition="gitlab-ci-job:1")["taskDefinition"]["status"] == "INACTIVE"
refused("ClientException", ecs.describe_task_definition, taskDefinition="nothing")

eks = client("eks", "eu-west-1", **prod)
assert eks.list_clusters(maxResults=1)["clusters"] == ["ci"]
cluster = eks.describe_cluster(name="ci")["cluster"]
assert cluster["identity"]["oidc"]["issuer"].startswith("https://oidc.eks.eu-west-1.amazonaws.com/id/")
pods = eks.list_pod_identity_associations(clusterName="ci", namespace="gitlab-runners")["associations"]
pod = eks.describe_pod_identity_association(clusterName="ci", associationId=pods[0]["associationId"])["association"]
assert pod["serviceAccount"] == "ci-payments" and pod["roleArn"].endswith("role/gitlab-eks-payments"), pod
refused("ResourceNotFoundException", eks.describe_cluster, name="nothing")
# The wrong secret in the right account.
wrong = client("eks", "eu-west-1", **(prod | {"aws_secret_access_key": "x" * 40}))
refused("InvalidSignatureException", wrong.list_clusters)

# Staging forgot two permissions.
session = sts.assume_role(
    RoleArn="arn:aws:iam::333333333333:role/keytrail-audit", RoleSessionName="peer", ExternalId="acme-keytrail"
)["Credentials"]
staging = dict(
    aws_access_key_id=session["AccessKeyId"],
    aws_secret_access_key=session["SecretAccessKey"],
    aws_session_token=session["SessionToken"],
)
dark = client("autoscaling", "eu-west-1", **staging).describe_auto_scaling_groups()["AutoScalingGroups"][0]
refused(
    "UnauthorizedOperation",
    client("ec2", "eu-west-1", **staging).describe_launch_template_versions,
    LaunchTemplateId=dark["LaunchTemplate"]["LaunchTemplateId"],
)
eks = client("eks", "eu-west-1", **staging)
error = refused("AccessDeniedException", eks.list_pod_identity_associations, clusterName=eks.list_clusters()["clusters"][0])
assert "eks:ListPodIdentityAssociations on resource: arn:aws:eks:eu-west-1:333333333333:cluster/" in str(error), error

refused("InvalidClientTokenId", client("sts", aws_access_key_id="AKIARZPUZDIKNSFRP6LN", aws_secret_access_key="x" * 40).get_caller_identity)
wrong = client("sts", aws_access_key_id=os.environ["AWS_ACCESS_KEY_ID"], aws_secret_access_key="x" * 40)
refused("SignatureDoesNotMatch", wrong.get_caller_identity)

# CloudTrail: newest first, fifty a page, one attribute, two calls a second.
trail = client("cloudtrail")
now = datetime.datetime.now(datetime.timezone.utc)
window = dict(
    LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "AssumeRole"}],
    StartTime=now - datetime.timedelta(days=15),
    EndTime=now,
)
page = trail.lookup_events(**window)
assert 0 < len(page["Events"]) <= 50
times = [event["EventTime"] for event in page["Events"]]
assert times == sorted(times, reverse=True), "newest first"
record = json.loads(page["Events"][0]["CloudTrailEvent"])
assert record["eventName"] == "AssumeRole" and record["eventID"] == page["Events"][0]["EventId"]
seen = {event["EventId"] for event in page["Events"]}
while "NextToken" in page:
    time.sleep(0.6)
    page = trail.lookup_events(**window, NextToken=page["NextToken"])
    fresh = {event["EventId"] for event in page["Events"]}
    assert not fresh & seen, "a page repeats nothing"
    seen |= fresh
time.sleep(1)
two = window | {"LookupAttributes": window["LookupAttributes"] * 2}
refused("InvalidLookupAttributesException", trail.lookup_events, **two)
time.sleep(1)


def lookup(_):
    try:
        trail.lookup_events(**window)
        return "ok"
    except ClientError as error:
        return error.response["Error"]["Code"]


# At once, so that a slow machine cannot spread them over more seconds than two a second would allow.
with concurrent.futures.ThreadPoolExecutor(10) as pool:
    codes = list(pool.map(lookup, range(40)))
assert "ThrottlingException" in codes, codes
print(f"{len(users)} users, {len(keys)} keys, {len(roles)} roles, {len(seen)} AssumeRole events in us-east-1")
