/**
 * An app that deploys Leadline; `package` is what `leadline package aws --out package` wrote.
 *
 * `cdk.json` can choose parameters: `{"context": {"leadline": {"Delay": "5m"}}}`.
 */

import { App, CfnOutput, Stack } from "aws-cdk-lib";
import { Leadline } from "./leadline";

const app = new App();
const stack = new Stack(app, "leadline");
const leadline = new Leadline(stack, "Leadline", {
  package: "package",
  parameters: app.node.tryGetContext("leadline"),
});
new CfnOutput(stack, "SendersPostTo", { value: leadline.webhookUrl });
