"""Roles and identity providers on moto, by boto3: a user that is to be migrated, a role that trusts too much, and what became of both.

    moto_roles.py ENDPOINT seed     prints the operator's pair, the user's key and the wide role
    moto_roles.py ENDPOINT state    trust policies of all roles, what the new one may do, providers and keys
"""

import json
import sys

import boto3

endpoint, what = sys.argv[1:]
USER = "ci-moto"
NEW = "ci-moto-oidc"
HOST = "gitlab.acme.example"


def client(service):
    keys = dict(aws_access_key_id="testing", aws_secret_access_key="testing")
    return boto3.client(service, endpoint_url=endpoint, region_name="us-east-1", **keys)


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def seed(iam):
    iam.create_user(UserName=USER)
    own = document({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"})
    iam.put_user_policy(UserName=USER, PolicyName="read", PolicyDocument=own)
    managed = document({"Effect": "Allow", "Action": "ecr:*", "Resource": "*"})
    policy = iam.create_policy(PolicyName="images", PolicyDocument=managed)["Policy"]["Arn"]
    iam.attach_user_policy(UserName=USER, PolicyArn=policy)
    key = iam.create_access_key(UserName=USER)["AccessKey"]
    user = iam.get_user(UserName=USER)["User"]["Arn"]
    by_name = document({"Effect": "Allow", "Principal": {"AWS": user}, "Action": "sts:AssumeRole"})
    iam.create_role(RoleName="deploy", AssumeRolePolicyDocument=by_name)
    provider = iam.create_open_id_connect_provider(Url="https://other.example", ClientIDList=["x"])["OpenIDConnectProviderArn"]
    wide = document(
        {
            "Effect": "Allow",
            "Principal": {"Federated": provider.replace("other.example", HOST)},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {"StringLike": {f"{HOST}:sub": "project_path:acme/*"}, "Bool": {"aws:SecureTransport": "true"}},
        },
        {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"},
    )
    role = iam.create_role(RoleName="wide", AssumeRolePolicyDocument=wide)["Role"]["Arn"]
    return {"key": key["AccessKeyId"], "secret": key["SecretAccessKey"], "wide": role}


def state(iam):
    roles = {role["RoleName"]: role["AssumeRolePolicyDocument"] for role in iam.list_roles()["Roles"]}
    may = {}
    if NEW in roles:
        names = iam.list_role_policies(RoleName=NEW)["PolicyNames"]
        may = {name: iam.get_role_policy(RoleName=NEW, PolicyName=name)["PolicyDocument"] for name in names}
        attached = iam.list_attached_role_policies(RoleName=NEW)["AttachedPolicies"]
        may["attached"] = [policy["PolicyName"] for policy in attached]
    providers = {}
    for listed in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]:
        shown = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=listed["Arn"])
        providers[shown["Url"]] = shown["ClientIDList"]
    keys = [key["Status"] for key in iam.list_access_keys(UserName=USER)["AccessKeyMetadata"]]
    return {"roles": roles, "may": may, "providers": providers, "keys": keys}


print(json.dumps(seed(client("iam")) if what == "seed" else state(client("iam"))))
