"""An app that deploys Leadline; `package` is what `leadline package aws --out package` wrote.

`cdk.json` can choose parameters: `{"context": {"leadline": {"delay": "5m"}}}`.
"""

from aws_cdk import App, CfnOutput, Stack
from leadline_cdk import Leadline, Parameters

app = App()
stack = Stack(app, "leadline")
chosen = app.node.try_get_context("leadline") or {}
leadline = Leadline(stack, "Leadline", package="package", parameters=Parameters(**chosen))
CfnOutput(stack, "SendersPostTo", value=leadline.webhook_url)
app.synth()
