#!/usr/bin/env bash
# osls 4.3.1, which continues version 3 of the Serverless Framework, takes the sections Parameters,
# Conditions, Mappings and Outputs of a CloudFormation template below `resources`, and refuses the
# section Rules as an "unrecognized property", though CloudFormation has known it for years
# (CloudFormation User Guide, "Template syntax", "Rules"). What it means for lead systems: a
# template whose rules refuse wrong combinations of parameters (a domain without a certificate, a
# sweep that is too rare for its alarm) loses these checks, and nothing else, when it is deployed
# by this tool. They have to be made again where values are given, or by CloudFormation itself.
# Seen: the same file is packaged without its rules, and refused with them.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-fund --no-audit --prefix "$folder" osls@4.3.1 > "$folder/log" 2>&1
export AWS_ACCESS_KEY_ID=- AWS_SECRET_ACCESS_KEY=- SLS_TELEMETRY_DISABLED=1 HOME=$folder
mkdir "$folder/service"
cd "$folder/service"
write() { # the rules of the template
  cat > serverless.yml <<YAML
service: leads
provider: { name: aws, runtime: python3.12, region: eu-central-1 }
resources:
  Parameters:
    DomainName: { Type: String, Default: "" }
    CertificateArn: { Type: String, Default: "" }
  Conditions:
    HasDomain: { "Fn::Not": [{ "Fn::Equals": [{ Ref: DomainName }, ""] }] }
$1
  Resources:
    Topic: { Type: "AWS::SNS::Topic" }
YAML
}
rules='  Rules:
    DomainNeedsCertificate:
      RuleCondition: { "Fn::Not": [{ "Fn::Equals": [{ Ref: DomainName }, ""] }] }
      Assertions:
        - Assert: { "Fn::Not": [{ "Fn::Equals": [{ Ref: CertificateArn }, ""] }] }'
seen=$(
  for given in "" "$rules"; do
    write "$given"
    if [ -n "$given" ]; then echo "with rules:"; else echo "without rules:"; fi
    if ../node_modules/.bin/osls package > said 2>&1; then echo packaged; else grep -o "unrecognized property.*" said; fi
  done
)
echo "$seen"
expected="without rules:
packaged
with rules:
unrecognized property 'Rules'"
[ "$seen" = "$expected" ]
