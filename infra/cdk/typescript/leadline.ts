/** Leadline as a construct of the AWS CDK: its own template, with the code as assets. */

import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { CfnOutput } from "aws-cdk-lib";
import { CfnInclude } from "aws-cdk-lib/cloudformation-include";
import { Asset } from "aws-cdk-lib/aws-s3-assets";
import { Construct } from "constructs";
import { Parameters } from "./parameters";

export interface LeadlineProps {
  /** The folder that `leadline package aws --out FOLDER` wrote. */
  readonly package: string;
  /** How the stack differs from the template's defaults. */
  readonly parameters?: Parameters;
}

interface Contents {
  readonly parameters: Record<string, string>;
  readonly files: Record<string, { readonly key?: string }>;
}

/** Leadline in a stack, which can have one, because the logical ids are those of the template. */
export class Leadline extends Construct {
  /** The template; `template.getResource("Table")` can be changed. */
  readonly template: CfnInclude;

  constructor(scope: Construct, id: string, props: LeadlineProps) {
    super(scope, id);
    const contents: Contents = JSON.parse(
      readFileSync(join(props.package, "package.json"), "utf8"),
    );
    const code = this.code(props.package, contents);
    const setHere: Record<string, string> = {
      ...Object.fromEntries(
        Object.entries(props.parameters ?? {}).map(([name, value]) => [name, String(value)]),
      ),
      ...contents.parameters,
    };
    this.template = new CfnInclude(this, "Template", {
      templateFile: join(props.package, "template.yaml"),
      parameters: { ...setHere, ...code },
    });
    // Commands with `--aws STACK` read from this output what was deployed.
    const sorted = JSON.stringify(setHere, Object.keys(setHere).sort());
    new CfnOutput(this, "Parameters", { value: sorted }).overrideLogicalId("Parameters");
  }

  /** The URL that senders post to; a source's name may follow. */
  get webhookUrl(): string {
    return this.template.getOutput("WebhookUrl").value;
  }

  private code(folder: string, contents: Contents): Record<string, string> {
    const found: Record<string, string> = {};
    for (const [file, { key }] of Object.entries(contents.files)) {
      if (key === undefined) continue;
      const asset = new Asset(this, basename(file, ".zip"), { path: join(folder, file) });
      const [name] = Object.entries(contents.parameters).find(([, value]) => value === key)!;
      found[name] = asset.s3ObjectKey;
      found.CodeBucket = asset.s3BucketName; // the same for all assets of a stack
    }
    return found;
  }
}
