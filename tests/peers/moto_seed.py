"""Fills a moto server with 50 users, 80 access keys and 60 roles, as boto3 does it. Prints what it made as JSON."""

import json
import sys

import boto3

endpoint = sys.argv[1]
session = boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing", region_name="us-east-1")
iam = session.client("iam", endpoint_url=endpoint)
ec2 = session.client("ec2", endpoint_url=endpoint, region_name="eu-west-1")


def trust(principal, action="sts:AssumeRole"):
    statement = {"Effect": "Allow", "Principal": principal, "Action": action}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


keys = []
users = []
for number in range(50):
    name = f"ci-user-{number:02}"
    users.append(iam.create_user(UserName=name)["User"]["Arn"])
    for _ in range(2 if number < 30 else 1):
        keys.append(iam.create_access_key(UserName=name)["AccessKey"]["AccessKeyId"])
iam.put_user_policy(
    UserName="ci-user-00",
    PolicyName="assume",
    PolicyDocument=json.dumps(
        {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}}
    ),
)
iam.update_access_key(UserName="ci-user-01", AccessKeyId=keys[2], Status="Inactive")
provider = iam.create_open_id_connect_provider(
    Url="https://gitlab.example.com", ClientIDList=["sts.amazonaws.com"]
)["OpenIDConnectProviderArn"]
roles = []
for number in range(60):
    if number == 0:
        document = trust({"AWS": users[0]})
    elif number == 1:
        document = trust({"Federated": provider}, "sts:AssumeRoleWithWebIdentity")
    else:
        document = trust({"Service": "ec2.amazonaws.com"})
    role = iam.create_role(RoleName=f"deploy-{number:02}", Path="/ci/", AssumeRolePolicyDocument=document)
    roles.append(role["Role"]["Arn"])
iam.create_instance_profile(InstanceProfileName="builder")
iam.add_role_to_instance_profile(InstanceProfileName="builder", RoleName="deploy-02")
image = ec2.describe_images()["Images"][0]["ImageId"]
ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, IamInstanceProfile={"Name": "builder"})
# What jobs run on. moto knows no pod identity associations.
template = ec2.create_launch_template(
    LaunchTemplateName="vm",
    LaunchTemplateData={
        "ImageId": image,
        "InstanceType": "t3.micro",
        "IamInstanceProfile": {"Name": "builder"},
        "MetadataOptions": {"HttpTokens": "required", "HttpPutResponseHopLimit": 1},
    },
)["LaunchTemplate"]["LaunchTemplateId"]
ec2.create_launch_template_version(
    LaunchTemplateId=template, LaunchTemplateData={"ImageId": image, "InstanceType": "t3.micro"}
)
scaling = session.client("autoscaling", endpoint_url=endpoint, region_name="eu-west-1")
places = dict(MinSize=1, MaxSize=2, AvailabilityZones=["eu-west-1a"])
scaling.create_auto_scaling_group(
    AutoScalingGroupName="fleet", LaunchTemplate={"LaunchTemplateId": template, "Version": "1"}, **places
)
scaling.create_launch_configuration(
    LaunchConfigurationName="web-2023", ImageId=image, InstanceType="t3.micro", IamInstanceProfile="builder"
)
scaling.create_auto_scaling_group(AutoScalingGroupName="web", LaunchConfigurationName="web-2023", **places)
ecs = session.client("ecs", endpoint_url=endpoint, region_name="eu-west-1")
containers = [{"name": "ci", "image": "ci:1", "memory": 512}]
ecs.register_task_definition(family="ci-job", taskRoleArn=roles[3], containerDefinitions=containers)
task = ecs.register_task_definition(family="ci-job", taskRoleArn=roles[4], containerDefinitions=containers)
eks = session.client("eks", endpoint_url=endpoint, region_name="eu-west-1")
cluster = eks.create_cluster(name="ci", roleArn=roles[5], resourcesVpcConfig={})["cluster"]
compute = {
    "template": template,
    "task": task["taskDefinition"]["taskDefinitionArn"],
    "cluster": cluster["arn"],
    "issuer": cluster["identity"]["oidc"]["issuer"],
}
print(json.dumps({"compute": compute, "keys": keys, "users": users, "roles": roles, "inactive": keys[2], "provider": provider}))
