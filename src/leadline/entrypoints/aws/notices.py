"""Notices on the stack's alarm topic, beside those that CloudWatch sends."""

from urllib.parse import urlencode

from leadline.net.aws.calls import AwsFailed, Caller, code_of

_FORM = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}


def publish_notice(caller: Caller, topic: str, subject: str, message: str) -> None:
    """Publish a message on the topic with this ARN; SNS accepts only forms.

    A subject has at most 100 ASCII characters (SNS API Reference, "Publish"). Raises AwsFailed.
    """
    form = {
        "Action": "Publish",
        "Version": "2010-03-31",
        "TopicArn": topic,
        "Subject": subject,
        "Message": message,
    }
    reply = caller.call("sns", "POST", "/", urlencode(form).encode(), headers=_FORM)
    if reply.status != 200:
        raise AwsFailed("Publish", code_of(reply), reply.body)
