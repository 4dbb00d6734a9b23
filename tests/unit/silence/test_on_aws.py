"""On AWS the silence of sources is not watched, and that is said."""

from leadline.cloud.remote_settings import without_effect


def test_a_deployment_says_that_a_source_is_not_watched_on_aws() -> None:
    text = '[sources.form]\nwatch_silence = "yes"\n[sources.typeform]\nsecret = "abc"\n'
    assert without_effect(text) == [
        "sources.form.watch_silence has no effect on AWS: the silence of a source is told by "
        "`leadline serve` alone"
    ]
    assert without_effect("") == []
